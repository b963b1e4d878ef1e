import Commands
import Keyspace
import Reactor
import Wire

/// What a core keeps for the multi-shard calls it has begun or takes part in.
struct OrderingState {
    /// Who may touch this shard's keys, and in which order.
    var locks = LockTable<HopBatch>()
    /// Calls that stand in `locks`.
    var present: [UInt64: MultiCall] = [:]
    /// Calls begun here so far; makes ids unique together with the core's number.
    var begun: UInt64 = 0
}

extension CoreState {
    /// The core that numbers multi-shard calls. Any would do; it must be the same for all.
    static var sequencer: CoreID { CoreID(rawValue: 0) }

    // MARK: Origin

    /// Begins a multi-shard call for a connection, which is blocked until the reply is there.
    mutating func beginMultiCall(
        slot: Int, _ call: borrowing Call, _ profile: CommandProfile, parts: [MultiPart]
    ) {
        let ticket = awaitPlace(slot: slot)
        launch(
            MultiCall(
                id: nextMultiCallID(), origin: id, asker: connections[slot].socket, ticket: ticket,
                command: call.command, route: profile.route, step: Int(profile.keys.step),
                database: call.database, flags: call.flags, version: connections[slot].reply.version,
                request: RequestCopy(call.arguments), parts: parts,
                isWrite: profile.flags.contains(.write), now: call.now))
        block(slot: slot)
    }

    /// Does something to all shards as one step, like FLUSHALL: no write lies between what two shards see.
    mutating func beginStepOnAllShards(
        _ body: @escaping @Sendable (inout CoreState) -> Void,
        finish: @escaping @Sendable (inout CoreState) -> Void
    ) {
        if coreCount == 1 {
            body(&self)
            return finish(&self)
        }
        launch(
            MultiCall(
                id: nextMultiCallID(), origin: id, asker: .none, ticket: 0, command: .bgsave,
                route: .everyShard(.ok), step: 1, database: DatabaseIndex(rawValue: 0), flags: [],
                version: .v2, request: RequestCopy(),
                parts: (0..<coreCount).map { MultiPart(core: CoreID($0), keyIndices: nil) },
                isWrite: false, now: now, wholeNodeStep: WholeNodeStep(body: body, finish: finish)))
    }

    /// Sends a call on its way.
    mutating func launch(_ call: MultiCall) {
        statistics.multiShardCalls += 1
        if call.isWrite { node.multiWrites.begin() }
        outbox.post(.ordering(.order, call), to: tuning.ordersMultiShardCalls ? Self.sequencer : id)
    }

    /// Unique over the node: the core's number is part of it.
    mutating func nextMultiCallID() -> UInt64 {
        ordering.begun += 1
        return ordering.begun &* UInt64(coreCount) &+ UInt64(id.rawValue)
    }

    /// A message about a multi-shard call.
    mutating func advance(_ call: MultiCall, _ step: OrderingStep) {
        switch step {
        case .order: order(call)
        case .lock: announce(call)
        case .arrived: arrived(call)
        case .store: store(call)
        case .stored: stored(call)
        case .apply: apply(call)
        case .done: done(call)
        }
    }

    // MARK: Sequencer

    /// Tells the shards of a call, in the one order that this core gives to all calls.
    private mutating func order(_ call: MultiCall) {
        for part in call.parts { outbox.post(.ordering(.lock, call), to: part.core) }
    }

    // MARK: Shard

    private mutating func announce(_ call: MultiCall) {
        guard tuning.ordersMultiShardCalls else { return arrive(call) }
        ordering.present[call.id] = call
        if ordering.locks.announce(call.id, keys: lockKeys(of: call)) { arrive(call) }
    }

    /// The call's keys on this shard; nil when it takes the whole shard.
    private func lockKeys(of call: MultiCall) -> [LockTable<HopBatch>.Key]? {
        guard let indices = call.part(of: id).keyIndices else { return nil }
        var keys: [LockTable<HopBatch>.Key] = []
        let request = call.request
        for index in indices {
            let hash = shard.hash(request.arguments[index])
            keys.append(.init(hash: hash.rawValue))
        }
        return keys
    }

    /// The call holds its keys here: what it has to read is read now.
    private mutating func arrive(_ call: MultiCall) {
        let part = call.part(of: id)
        let began = Cycles.now()
        if case .multiKey = call.route {
            for index in part.keyIndices ?? [] {
                gather(index, into: part, of: call)
            }
        } else if !call.isWrite {
            executePart(part, of: call)
        }
        part.cycles &+= Cycles.now() &- began
        outbox.post(.ordering(.arrived, call), to: call.origin)
    }

    /// Everybody has arrived, and others write too: stores, and keeps the keys until all have found room.
    private mutating func store(_ call: MultiCall) {
        storeWrites(call.part(of: id), of: call)
        outbox.post(.ordering(.stored, call), to: call.origin)
    }

    /// Everybody has arrived: the call's writes are done here and its keys are free.
    private mutating func apply(_ call: MultiCall) {
        let part = call.part(of: id)
        let began = Cycles.now()
        let before = effects.count
        if case .multiKey = call.route {
            settleWrites(part, of: call)
        } else if call.isWrite, call.logFailure == 0 {
            executePart(part, of: call)
            if !call.logPaths.isEmpty { switchLog(to: call.logPaths[id.index]) }
        }
        part.cycles &+= Cycles.now() &- began
        postLogged(
            .ordering(.done, call), to: call.origin, isWrite: effects.count != before || part.stores > 0)
        guard tuning.ordersMultiShardCalls else { return }
        ordering.present[call.id] = nil
        for grant in ordering.locks.finish(call.id) {
            switch grant {
            case .call(let id): if let next = ordering.present[id] { arrive(next) }
            case .request(let batch): serveWaiting(batch)
            }
        }
    }

    // MARK: Origin again

    private mutating func arrived(_ call: MultiCall) {
        call.partsAwaited -= 1
        guard call.partsAwaited == 0 else { return }
        call.partsAwaited = call.parts.count
        if case .multiKey = call.route { combine(call) }
        if effects.isOn, call.isWrite, case .everyShard = call.route { beginGeneration(of: call) }
        call.isStaged = call.parts.count { !$0.writes.isEmpty } > 1
        tell(call, call.isStaged ? .store : .apply)
    }

    private mutating func stored(_ call: MultiCall) {
        call.partsAwaited -= 1
        guard call.partsAwaited == 0 else { return }
        call.partsAwaited = call.parts.count
        call.isRefused = call.parts.contains(where: \.hasFailed)
        tell(call, .apply)
    }

    private mutating func tell(_ call: MultiCall, _ step: OrderingStep) {
        for part in call.parts { outbox.post(.ordering(step, call), to: part.core) }
    }

    private mutating func done(_ call: MultiCall) {
        call.partsAwaited -= 1
        guard call.partsAwaited == 0 else { return }
        if call.isWrite { node.multiWrites.end() }
        replyToMultiCall(call)
    }
}

extension CoreState {
    // MARK: Waiting behind a call

    /// Whether a request of another core's batch has to wait for a multi-shard call; if so it is set aside.
    mutating func mustWait(_ request: HopRequest, in body: borrowing HopBatch.Body, of origin: CoreID) -> Bool
    {
        let key = LockTable<HopBatch>.Key(hash: request.hash.rawValue)
        guard ordering.locks.isLocked(key) else { return false }
        let single = HopBatch(origin: origin)
        single.body.append(
            body.call(of: request, at: now, tuning, random: statistics.chance), from: request.asker,
            version: request.version)
        ordering.locks.wait(single, for: key)
        statistics.requestsDelayedByCalls += 1
        return true
    }

    /// A request that waited may run; its reply travels alone.
    mutating func serveWaiting(_ batch: HopBatch) {
        statistics.cyclesMark = Cycles.now()
        let before = effects.count
        for request in batch.body.requests {
            serveOne(request, &batch.body, of: batch.origin)
            batch.body.replyEnds.append(UInt32(truncatingIfNeeded: batch.body.replies.buffer.count))
        }
        postLogged(.replies(batch), to: batch.origin, isWrite: effects.count != before)
    }
}
