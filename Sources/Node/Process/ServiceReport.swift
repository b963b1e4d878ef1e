/// What to tell the service manager, and when. Pure: the time and what the cores show are given.
///
/// The protocol is sd_notify(3)'s: lines of `NAME=value`. `WATCHDOG=1` says that every core is alive, not merely that
/// this process still runs: it is withheld when a core has shown no round of bookkeeping (there is one a second) for
/// half of the watchdog's time, and the manager then does what its unit says.
struct ServiceReport {
    /// What the cores show.
    struct Vitals: Equatable {
        /// Clients connected, and keys stored, over all cores.
        var connections: Int
        var keys: Int
        /// Rounds of bookkeeping by core.
        var rounds: [Int]
    }

    /// Between two looks at the vitals, when there is no watchdog that wants to hear sooner.
    static let statusSeconds: UInt64 = 5
    /// A core that has shown a round so lately is alive, however impatient the watchdog.
    static let silenceNanosMin: UInt64 = 2_500_000_000

    /// The watchdog's time; nil: there is none.
    private let watchdogNanos: UInt64?
    private var roundsSeen: [Int]
    private var seenAt: [UInt64]
    private var statusTold = ""

    /// A report that begins now.
    ///
    /// - Parameter watchdogMicros: how long the manager waits for a sign of life.
    init(watchdogMicros: UInt64?, coreCount: Int, nowNanos: UInt64) {
        let nanos = watchdogMicros.map { $0.multipliedReportingOverflow(by: 1000) }
        watchdogNanos = nanos.map { $0.overflow ? .max : $0.partialValue }
        roundsSeen = Array(repeating: -1, count: coreCount)
        seenAt = Array(repeating: nowNanos, count: coreCount)
    }

    /// How long to sleep between two reports: half of the watchdog's time at most.
    var intervalNanos: UInt64 {
        let status = ServiceReport.statusSeconds * 1_000_000_000
        return watchdogNanos.map { max(1_000_000, min(status, $0 / 2)) } ?? status
    }

    /// The lines that are due now; none when nothing has changed and nobody waits.
    mutating func lines(_ vitals: Vitals, nowNanos: UInt64) -> [String] {
        note(vitals.rounds, nowNanos)
        var lines: [String] = []
        if let watchdogNanos, silentCores(nowNanos, limit: watchdogNanos / 2).isEmpty {
            lines.append("WATCHDOG=1")
        }
        let status = ServiceReport.status(vitals)
        if status != statusTold {
            statusTold = status
            lines.append("STATUS=\(status)")
        }
        return lines
    }

    /// Cores without a sign of life for too long.
    func silentCores(_ nowNanos: UInt64, limit: UInt64) -> [Int] {
        let limit = max(limit, ServiceReport.silenceNanosMin)
        return seenAt.indices.filter { nowNanos - min(nowNanos, seenAt[$0]) > limit }
    }

    /// One line for people.
    static func status(_ vitals: Vitals) -> String {
        "serving \(count(vitals.connections, "client")), \(count(vitals.keys, "key")) on "
            + count(vitals.rounds.count, "core")
    }

    private mutating func note(_ rounds: [Int], _ nowNanos: UInt64) {
        for core in rounds.indices where rounds[core] != roundsSeen[core] {
            roundsSeen[core] = rounds[core]
            seenAt[core] = nowNanos
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
