import Logging
import Reactor

/// What a core has already warned of. Lives on one core.
struct WarningState {
    var connectionsRejected: UInt64 = 0
    var acceptsFailed: UInt64 = 0
    var outputLimitDisconnections: UInt64 = 0
}

extension CoreState {
    /// Tells the log what went wrong since the last time; once a second, so that a flood of clients is one line.
    mutating func logWarnings() {
        let rejected = Self.growth(
            of: statistics.connectionsRejected, since: &diagnostics.warned.connectionsRejected)
        let failed = Self.growth(of: statistics.acceptsFailed, since: &diagnostics.warned.acceptsFailed)
        let cut = Self.growth(
            of: statistics.outputLimitDisconnections, since: &diagnostics.warned.outputLimitDisconnections)
        guard rejected + failed + cut > 0 else { return }
        let logger = node.sink.logger(core: id.index)
        if rejected > 0 {
            logger.warning(
                "\(rejected) connections refused: maxclients is \(tuning.maxClients), protected mode \(protection)"
            )
        }
        if failed > 0 {
            let reason = ConfigFiles.Refusal.last(statistics.acceptErrnoLast).text
            logger.warning("\(failed) connections could not be accepted: \(reason)")
        }
        if cut > 0 { logger.warning("\(cut) clients closed: see client-output-buffer-limit") }
    }

    private var protection: String { tuning.isProtected && tuning.passwordIsEmpty ? "on" : "off" }

    /// How much a counter has grown; CONFIG RESETSTAT may have set it back.
    private static func growth(of counter: UInt64, since known: inout UInt64) -> UInt64 {
        defer { known = counter }
        return counter >= known ? counter - known : counter
    }
}
