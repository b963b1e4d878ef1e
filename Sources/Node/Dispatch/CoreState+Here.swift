import Commands
import Keyspace
import Wire

extension CoreState {
    /// Commands of the connection and the server: answered by the core that holds the connection.
    mutating func performHere(_ slot: Int, _ call: borrowing Call, _ profile: CommandProfile) -> Progress {
        let start = beginReply(slot: slot)
        switch call.command {
        case .ping: connections[slot].reply.pong()
        case .config: connections[slot].reply.emptyArray()
        case .echo: connections[slot].reply.bulk(call.arguments[1])
        default: connections[slot].reply.error("ERR not yet")
        }
        noteExecution(slot, of: StatIndex(call.command), replySince: start)
        endReply(slot: slot, since: start)
        return .goOn
    }
}
