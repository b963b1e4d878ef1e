import Commands
import Keyspace
import Wire

// A connection's small talk: PING, ECHO, SELECT, RESET, QUIT. On the connection's core.
extension CoreState {
    /// PING [message]
    mutating func ping(_ slot: Int, _ call: borrowing Call) {
        switch call.arguments.count {
        case 1: connections[slot].reply.pong()
        case 2: connections[slot].reply.bulk(call.arguments[1])
        default:
            CommandTable.wrongArgumentCount(CommandTable.spec(of: .ping), reply: &connections[slot].reply)
        }
    }

    /// SELECT index
    mutating func select(_ slot: Int, _ call: borrowing Call) {
        guard let number = Decimal.parse(call.arguments[1]) else {
            return connections[slot].reply.error("ERR value is not an integer or out of range")
        }
        guard let index = Int32(exactly: number) else {
            return connections[slot].reply.error(
                "ERR value is out of range, value must between -2147483648 and 2147483647")
        }
        guard 0..<Int32(tuning.databases) ~= index else {
            return connections[slot].reply.error("ERR DB index is out of range")
        }
        connections[slot].database = DatabaseIndex(rawValue: UInt8(index))
        connections[slot].reply.ok()
    }

    /// QUIT
    mutating func quit(_ slot: Int) {
        connections[slot].reply.ok()
        closeAfterReply(slot: slot)
    }

    /// RESET: as if the client had just connected. What its library said of itself stays.
    mutating func reset(_ slot: Int) {
        if connections[slot].flags.contains(.monitor) { forgetMonitor(connections[slot].socket) }
        connections[slot].flags.subtract([
            .monitor, .readOnly, .replyOff, .replySkipNext, .replySkipThis, .noTouch, .noEvict,
            .authenticated,
        ])
        if tuning.passwordIsEmpty { connections[slot].flags.insert(.authenticated) }
        connections[slot].database = DatabaseIndex(rawValue: 0)
        connections[slot].reply.version = .v2
        connections[slot].identity?.name = []
        connections[slot].reply.simple("RESET")
    }
}
