import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    /// Executes one request of a connection, or sends it where it belongs.
    mutating func execute(_ request: PendingRequest, _ arguments: Arguments) -> Progress {
        let slot = Int(request.slot)
        guard connections[slot].flags.isDisjoint(with: .refusing) else { return .stopBefore }
        guard let command = request.command else {
            return rejectUnknown(slot, arguments)
        }
        let profile = commands.profile(of: command)
        guard profile.accepts(argumentCount: arguments.count) else {
            return reject(slot, StatIndex(command)) {
                CommandTable.wrongArgumentCount(CommandTable.spec(of: command), reply: &$0)
            }
        }
        if mustRefuse(slot, command, profile, arguments) { return refuse(slot, command, profile) }
        if snapshots.isWalking, profile.flags.contains(.write) { weighHeld() }
        if pause.isActive, mustPause(slot, command, profile) { return .stopBefore }

        let call = Call(
            command, arguments, hash: request.hash, database: connections[slot].database, now: now,
            flags: connections[slot].flags.contains(.noTouch)
                ? tuning.callFlags.union(.noTouch) : tuning.callFlags,
            stringLengthMax: tuning.parserLimits.maxBulkLength, databaseCount: tuning.databases,
            random: statistics.chance)
        let progress =
            switch profile.route {
            case .connection: performHere(slot, call, profile)
            case .firstKey: routeByKey(slot, call, profile)
            default: routeMany(slot, call, profile)
            }
        // Afterwards, as Redis: SELECT shows the database it has selected; and what has to wait is not shown twice.
        if !monitors.isEmpty, progress != .stopBefore { showMonitors(slot, command, arguments) }
        return progress
    }

    /// The common case: one key, one shard.
    @inline(__always)
    private mutating func routeByKey(_ slot: Int, _ call: borrowing Call, _ profile: CommandProfile)
        -> Progress
    {
        // Behind a subcommand (OBJECT), whose number of arguments the profile does not know.
        if profile.keys.first > 1, refusesSubcommand(slot, call) { return .goOn }
        if coreCount > 1, Int(profile.keys.first) < call.arguments.count {
            let owner = owner(of: call.arguments[Int(profile.keys.first)])
            if owner != id { return hop(slot, call, to: owner) }
        }
        if !ordering.locks.isIdle, waitsForLock(slot, call) { return .goOn }
        executeHere(slot, call)
        return .goOn
    }

    /// Runs a data command on this core's shard and answers.
    @inline(__always)
    mutating func executeHere(_ slot: Int, _ call: borrowing Call) {
        let start = beginReply(slot: slot)
        if effects.isOn {
            executeLogged(slot, call)
        } else {
            Executor.execute(call, on: &shard, reply: &connections[slot].reply)
        }
        let index = StatIndex(call.command)
        connections[slot].lastCommand = index
        noteExecution(slot, of: index, replySince: start, call)
        endReply(slot: slot, since: start)
    }

    /// The same with a log: the connection's replies wait for what this one changes.
    private mutating func executeLogged(_ slot: Int, _ call: borrowing Call) {
        let before = effects.count
        Executor.execute(call, on: &shard, reply: &connections[slot].reply, effects: &effects)
        if effects.count != before { connections[slot].logEnd = logEnd }
    }

    /// Asks the owner of the key; the reply takes its place among the connection's replies when it comes.
    private mutating func hop(_ slot: Int, _ call: borrowing Call, to owner: CoreID) -> Progress {
        if connections[slot].order.isFull {
            block(slot: slot)
            resumeWhenAnswered.append(connections[slot].socket)
            return .stopBefore
        }
        statistics.hops &+= 1
        connections[slot].lastCommand = StatIndex(call.command)
        let asker = Asker.connection(connections[slot].socket, ticket: awaitPlace(slot: slot))
        outbox.request(call, of: asker, version: connections[slot].reply.version, from: owner)
        return .goOn
    }

    /// Sets a request aside if its key belongs to a multi-shard call at the moment.
    private mutating func waitsForLock(_ slot: Int, _ call: borrowing Call) -> Bool {
        let key = LockTable<HopBatch>.Key(hash: call.hash.rawValue)
        guard ordering.locks.isLocked(key) else { return false }
        let batch = HopBatch(origin: id)
        let asker = Asker.connection(connections[slot].socket, ticket: awaitPlace(slot: slot))
        batch.body.append(call, from: asker, version: connections[slot].reply.version)
        ordering.locks.wait(batch, for: key)
        statistics.requestsDelayedByCalls &+= 1
        return true
    }
}
