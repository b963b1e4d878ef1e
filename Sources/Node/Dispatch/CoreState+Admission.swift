import Commands
import Keyspace
import Wire

extension CoreState {
    /// Whether the command may not run for this connection now: not authenticated, or no memory left.
    @inline(__always)
    func mustRefuse(_ slot: Int, _ profile: CommandProfile) -> Bool {
        if !connections[slot].flags.contains(.authenticated), !profile.flags.contains(.noAuth) { return true }
        return profile.flags.contains(.denyOOM) && isOverMemory
    }

    /// The shards use more than `maxmemory`. The other cores' share is as of the start of the turn.
    @inline(__always)
    var isOverMemory: Bool {
        tuning.maxMemory > 0 && usedBytesOfOthers + shard.usedBytes > tuning.maxMemory
    }

    /// Says why.
    mutating func refuse(_ slot: Int, _ command: CommandID, _ profile: CommandProfile) -> Progress {
        let isAuthenticated = connections[slot].flags.contains(.authenticated)
        return reject(slot, StatIndex(command)) {
            $0.error(isAuthenticated ? Refusal.outOfMemory : Refusal.mustAuthenticate)
        }
    }

    /// There is no such command.
    mutating func rejectUnknown(_ slot: Int, _ arguments: Arguments) -> Progress {
        let start = beginReply(slot: slot)
        CommandTable.unknownCommand(arguments, reply: &connections[slot].reply)
        noteError(slot: slot, at: start)
        endReply(slot: slot, since: start)
        return .goOn
    }

    /// Answers with an error instead of executing.
    mutating func reject(
        _ slot: Int, _ index: StatIndex, _ write: (inout ReplyWriter) -> Void
    ) -> Progress {
        let start = beginReply(slot: slot)
        write(&connections[slot].reply)
        if index != .unknown { statistics.byCommand[Int(index.rawValue)].rejected += 1 }
        noteError(slot: slot, at: start)
        endReply(slot: slot, since: start)
        return .goOn
    }
}
