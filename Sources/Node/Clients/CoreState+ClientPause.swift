import Commands
import Keyspace
import Wire

extension CoreState {
    /// CLIENT PAUSE milliseconds [WRITE | ALL]
    mutating func clientPause(_ slot: Int, _ call: borrowing Call) -> Progress {
        let arguments = call.arguments
        guard arguments.count <= 4 else {
            connections[slot].reply.error(
                "ERR unknown subcommand or wrong number of arguments for '", quoting: arguments[1],
                "'. Try CLIENT HELP.")
            return .goOn
        }
        if arguments.count == 4 {
            guard arguments[3].spells("write") || arguments[3].spells("all") else {
                connections[slot].reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL")
                return .goOn
            }
        }
        guard let millis = Decimal.parse(arguments[2]) else {
            connections[slot].reply.error("ERR timeout is not an integer or out of range")
            return .goOn
        }
        guard millis >= 0 else {
            connections[slot].reply.error("ERR timeout is negative")
            return .goOn
        }
        let extent =
            arguments.count == 4 && arguments[3].spells("write") ? PauseState.Extent.writes : .everything
        let (end, isBeyond) = now.rawValue.addingReportingOverflow(millis)
        let until = UnixMillis(rawValue: isBeyond ? .max : end)
        return askAllCores(slot: slot) { state in
            state.pause.begin(extent, until: until)
        } finish: { _, _, reply in
            reply.ok()
        }
    }

    /// CLIENT UNPAUSE
    mutating func clientUnpause(_ slot: Int) -> Progress {
        askAllCores(slot: slot) { state in
            state.endPause()
        } finish: { _, _, reply in
            reply.ok()
        }
    }
}
