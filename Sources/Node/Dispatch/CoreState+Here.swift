import Commands
import Keyspace
import Wire

extension CoreState {
    /// Commands of the connection and the server: answered by the core that holds the connection, some of them
    /// after asking all cores.
    mutating func performHere(_ slot: Int, _ call: borrowing Call, _ profile: CommandProfile) -> Progress {
        let start = beginReply(slot: slot)
        var progress = Progress.goOn
        var index = StatIndex(call.command)
        switch CommandTable.resolve(call.arguments, reply: &connections[slot].reply) {
        case .refused:
            noteError(slot: slot, at: start)
            endReply(slot: slot, since: start)
            return .goOn
        case .subcommand(_, let subcommand):
            index = StatIndex(subcommand)
            connections[slot].lastCommand = index
            progress = perform(slot, subcommand, call)
        case .command(let command):
            connections[slot].lastCommand = index
            progress = perform(slot, command, call)
        }
        noteExecution(slot, of: index, replySince: start)
        // Whoever asked the other cores has taken a place for a reply that is yet to come.
        if case .goOn = progress { endReply(slot: slot, since: start) }
        return progress
    }

    /// One arm a command. What writes its reply into the connection's reply buffer returns `.goOn`; what asks other
    /// cores returns what `askAllCores` says, and its reply comes when they have answered.
    private mutating func perform(_ slot: Int, _ command: CommandID, _ call: borrowing Call) -> Progress {
        switch command {
        case .ping: ping(slot, call)
        case .auth: auth(slot, call)
        case .hello: hello(slot, call)
        case .select: select(slot, call)
        case .reset: reset(slot)
        case .quit: quit(slot)
        case .monitor: return monitor(slot)
        case .readonly: setReadOnly(slot, true)
        case .readwrite: setReadOnly(slot, false)
        case .asking: asking(slot)
        case .echo: connections[slot].reply.bulk(call.arguments[1])
        default: connections[slot].reply.error("ERR not yet")
        }
        return .goOn
    }

    private mutating func perform(_ slot: Int, _ command: SubcommandID, _ call: borrowing Call) -> Progress {
        switch command.container {
        case .client: return performClient(slot, command, call)
        case .cluster: performCluster(slot, command, call)
        default: connections[slot].reply.error("ERR not yet")
        }
        return .goOn
    }
}
