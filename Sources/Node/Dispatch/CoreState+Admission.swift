import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    /// Whether the command may not run for this connection now: not authenticated, or no memory left and nothing that
    /// may be evicted for it.
    @inline(__always)
    mutating func mustRefuse(
        _ slot: Int, _ command: CommandID, _ profile: CommandProfile, _ arguments: Arguments
    ) -> Bool {
        let standing = connections[slot].flags.intersection([.authenticated, .monitor])
        if standing != .authenticated, mustRefuse(profile, to: standing) { return true }
        if !conditions.isEmpty, mustRefuse(profile, command, arguments) { return true }
        return profile.flags.contains(.denyOOM) && isOverMemory && !makesRoom(for: arguments, profile)
    }

    /// While the data is loaded, and after a failed snapshot: what may not run then.
    private func mustRefuse(
        _ profile: CommandProfile, _ command: CommandID, _ arguments: Arguments
    ) -> Bool {
        if conditions.contains(.loading), !mayRunWhileLoading(profile, command, arguments) { return true }
        if conditions.contains(.cannotLog), profile.flags.contains(.write) { return true }
        return conditions.contains(.cannotPersist) && (profile.flags.contains(.write) || command == .ping)
    }

    /// Of a container the subcommand says so: clients that introduce themselves (CLIENT SETINFO) would else not get in. One
    /// that we do not know is told so, not to come again: that is what those clients can do without.
    private func mayRunWhileLoading(
        _ profile: CommandProfile, _ command: CommandID, _ arguments: Arguments
    ) -> Bool {
        guard command.isContainer, arguments.count > 1 else { return profile.flags.contains(.loading) }
        guard let subcommand = CommandTable.findSubcommand(of: command, arguments[1]) else { return true }
        return CommandTable.spec(of: subcommand).flags.contains(.loading)
    }

    private func mustRefuse(_ profile: CommandProfile, to standing: Connection.Flags) -> Bool {
        if !standing.contains(.authenticated) { return !profile.flags.contains(.noAuth) }
        return !profile.flags.isDisjoint(with: [.readonly, .write])
    }

    /// The shards use more than `maxmemory`. The other cores' share is as of the start of the turn.
    @inline(__always)
    var isOverMemory: Bool {
        tuning.maxMemory > 0 && pressure.isOver
    }

    /// Says why.
    mutating func refuse(_ slot: Int, _ command: CommandID, _ profile: CommandProfile) -> Progress {
        let flags = connections[slot].flags
        if flags.contains(.authenticated), !flags.contains(.monitor), !conditions.contains(.loading),
            conditions.contains(.cannotLog), profile.flags.contains(.write)
        {
            let text = "MISCONF Errors writing to the AOF file: \(errorName(logRefusal))"
            return reject(slot, StatIndex(command)) { $0.error(text) }
        }
        let reason =
            if !flags.contains(.authenticated) {
                Refusal.mustAuthenticate
            } else if flags.contains(.monitor) {
                Refusal.monitorsOnly
            } else if conditions.contains(.loading), !profile.flags.contains(.loading) {
                Refusal.loading
            } else if profile.flags.contains(.denyOOM), isOverMemory {
                Refusal.outOfMemory
            } else {
                Refusal.cannotPersist
            }
        return reject(slot, StatIndex(command)) { $0.error(reason) }
    }

    /// There is no such command.
    mutating func rejectUnknown(_ slot: Int, _ arguments: Arguments) -> Progress {
        // A browser lured into posting here speaks HTTP: none of its lines may run as a command.
        if arguments[0].spells("post") || arguments[0].spells("host:") {
            requestClose(connections[slot].socket)
            return .stopAfter
        }
        let start = beginReply(slot: slot)
        CommandTable.unknownCommand(arguments, reply: &connections[slot].reply)
        noteError(slot: slot, at: start)
        endReply(slot: slot, since: start)
        return .goOn
    }

    /// Whether the request names a subcommand that is none or has another number of arguments; if so, says so.
    mutating func refusesSubcommand(_ slot: Int, _ call: borrowing Call) -> Bool {
        let start = beginReply(slot: slot)
        guard case .refused = CommandTable.resolve(call.arguments, reply: &connections[slot].reply) else {
            return false
        }
        noteRefused(call)
        noteError(slot: slot, at: start)
        endReply(slot: slot, since: start)
        return true
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
