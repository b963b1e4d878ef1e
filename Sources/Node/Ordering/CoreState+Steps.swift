import Commands
import Keyspace
import Reactor
import Wire

// What the steps of a multi-shard call do to this core's shard, and what becomes of the answers.
extension CoreState {
    /// Reads what the call needs of one key.
    mutating func gather(_ keyIndex: Int, into part: MultiPart, of call: MultiCall) {
        let request = call.request
        let image = MultiKey.gather(self.call(of: call, request.arguments), keyIndex: keyIndex, on: &shard)
        part.images.append((keyIndex, image))
    }

    /// All keys have been read: decides what to write where. On the origin.
    mutating func combine(_ call: MultiCall) {
        let images = call.parts.flatMap(\.images).sorted { $0.index < $1.index }.map(\.image)
        var reply = ReplyWriter(version: call.version)
        let request = call.request
        let writes = MultiKey.combine(self.call(of: call, request.arguments), images, reply: &reply)
        call.reply = reply.buffer.bytes.copied()
        for write in writes {
            let owner = owner(of: request.arguments[write.keyIndex])
            call.part(of: owner).writes.append(write)
        }
    }

    /// Stores what was decided for this shard. Where there is no room for something, nothing of it stays.
    mutating func storeWrites(_ part: MultiPart, of call: MultiCall) {
        let request = call.request
        for write in part.writes {
            guard case .store = write.change else { continue }
            guard MultiKey.apply(write, of: self.call(of: call, request.arguments), on: &shard) else {
                part.hasFailed = true
                return undoStores(part, of: call)
            }
            part.stores += 1
            noteEffect(write, of: call)
        }
    }

    /// Stores if that has not been done, then removes; or takes back what was stored because another shard is full.
    mutating func settleWrites(_ part: MultiPart, of call: MultiCall) {
        if !call.isStaged { storeWrites(part, of: call) }
        if call.isRefused { return undoStores(part, of: call) }
        guard !part.hasFailed else { return }
        let request = call.request
        for write in part.writes {
            guard case .remove = write.change else { continue }
            _ = MultiKey.apply(write, of: self.call(of: call, request.arguments), on: &shard)
            noteEffect(write, of: call)
        }
    }

    /// One write of the call has been applied, or taken back: what has become of its key goes to the log.
    private mutating func noteEffect(_ write: KeyWrite, of call: MultiCall) {
        guard effects.isOn else { return }
        let request = call.request
        effects.noteRemovals(of: &shard, at: call.now)
        effects.note(write, of: self.call(of: call, request.arguments), on: &shard)
    }

    /// Takes back what was stored: keys that were not there before (`MultiKey.undo`).
    private mutating func undoStores(_ part: MultiPart, of call: MultiCall) {
        let request = call.request
        for write in part.writes where part.stores > 0 {
            guard case .store = write.change else { continue }
            if call.command == .msetnx {
                MultiKey.undo(write, of: self.call(of: call, request.arguments), on: &shard)
                noteEffect(write, of: call)
            }
            part.stores -= 1
        }
    }

    /// Runs the command on this shard's keys alone, as an ordinary request.
    mutating func executePart(_ part: MultiPart, of call: MultiCall) {
        if let step = call.wholeNodeStep { return step.body(&self) }
        var body = HopBatch.Body()
        let request = call.request
        let whole = self.call(of: call, request.arguments)
        if let indices = part.keyIndices, let first = indices.first {
            let hash = shard.hash(request.arguments[first])
            body.append(
                whole, keyIndices: indices, step: call.step, hash: hash, from: .nobody, version: call.version)
        } else {
            body.append(whole, from: .nobody, version: call.version)
        }
        var reply = ReplyWriter(version: call.version)
        let mine = body.call(of: body.requests[0], at: call.now, tuning)
        // What changes whole databases stands in a file of its own (`LogFolder`), once for all shards.
        if effects.isOn, part.keyIndices != nil {
            Executor.execute(mine, on: &shard, reply: &reply, effects: &effects)
        } else {
            Executor.execute(mine, on: &shard, reply: &reply)
        }
        part.reply = reply.buffer.bytes.copied()
    }

    /// All parts are done: answers, and lets the connection go on.
    mutating func replyToMultiCall(_ call: MultiCall) {
        if let step = call.wholeNodeStep { return step.finish(&self) }
        var reply = ReplyWriter(version: call.version)
        if call.logFailure != 0 {
            reply.error("MISCONF Errors writing to the AOF file: \(errorName(call.logFailure))")
        } else if call.parts.contains(where: \.hasFailed) {
            let request = call.request
            MultiKey.refuseForMemory(self.call(of: call, request.arguments), reply: &reply)
        } else if case .multiKey = call.route {
            reply.raw(call.reply.span.raw)
        } else {
            ReplyMerge.write(call.route.merge, call.parts.map { ($0.keyIndices, $0.reply) }, into: &reply)
        }
        noteMultiCall(call, reply: reply.buffer.bytes)
        fulfil(call.asker, ticket: call.ticket, with: reply.buffer.bytes)
        unblock(call.asker)
    }

    @_lifetime(copy arguments)
    private func call(of call: MultiCall, _ arguments: Arguments) -> Call {
        Call(
            call.command, arguments, hash: .none, database: call.database, now: call.now, flags: call.flags,
            stringLengthMax: tuning.parserLimits.maxBulkLength, databaseCount: tuning.databases)
    }
}

extension Route {
    /// How the replies of the shards become one.
    var merge: Merge {
        switch self {
        case .eachKey(let merge), .everyShard(let merge): merge
        case .connection, .firstKey, .multiKey:
            preconditionFailure("the route has one reply: nothing to merge")
        }
    }
}

extension KeyHash {
    /// Stands where a command has no key.
    static let none = KeyHash(rawValue: 0)
}
