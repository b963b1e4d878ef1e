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
        let roundsBegun = control.begun
        switch CommandTable.resolve(call.arguments, reply: &connections[slot].reply) {
        case .refused:
            noteRefused(call)
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
        if control.begun != roundsBegun {
            nameRound(index, call)
        } else {
            noteExecution(slot, of: index, replySince: start, call)
        }
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
        case .command: CommandReply.write(nil, call.arguments, reply: &connections[slot].reply)
        case .debug: return debug(slot, call)
        case .info: return info(slot, call)
        case .bgsave: return bgsave(slot, call)
        case .lastsave: lastsave(slot)
        case .save: return save(slot)
        case .lolwut: lolwut(slot, call)
        case .shutdown: return shutdown(slot, call)
        case .time: time(slot)
        case .waitaof: return waitaof(slot, call)
        case .bgrewriteaof: return bgrewriteaof(slot)
        default: preconditionFailure("a command has no code here: \(command)")
        }
        return .goOn
    }

    private mutating func perform(_ slot: Int, _ command: SubcommandID, _ call: borrowing Call) -> Progress {
        switch command {
        case .commandCount, .commandDocs, .commandGetKeys, .commandGetKeysAndFlags, .commandHelp,
            .commandInfo, .commandList:
            CommandReply.write(command, call.arguments, reply: &connections[slot].reply)
        case .configHelp, .memoryHelp, .latencyHelp, .slowlogHelp, .functionHelp:
            CommandReply.help(of: command.container, reply: &connections[slot].reply)
        case .configGet: configGet(slot, call)
        case .configSet: return configSet(slot, call)
        case .configResetStat: return resetStatistics(slot)
        case .configRewrite: configRewrite(slot)
        case .functionFlush: functionFlush(slot, call)
        case .latencyDoctor: return latencyDoctor(slot)
        case .latencyGraph: return latencyGraph(slot, call)
        case .latencyHistogram: return latencyHistogram(slot, call)
        case .latencyHistory: return latencyHistory(slot, call)
        case .latencyLatest: return latencyLatest(slot)
        case .latencyReset: return latencyReset(slot, call)
        case .memoryDoctor: return memoryDoctor(slot)
        case .memoryPurge: return memoryPurge(slot)
        case .memoryStats: return memoryStats(slot)
        case .memoryUsage: return memoryUsage(slot, call)
        case .slowlogGet: return slowLogGet(slot, call)
        case .slowlogLen: return slowLogLen(slot)
        case .slowlogReset: return slowLogReset(slot)
        default:
            if command.container == .client { return performClient(slot, command, call) }
            precondition(command.container == .cluster, "a subcommand has no code: \(command)")
            performCluster(slot, command, call)
        }
        return .goOn
    }
}
