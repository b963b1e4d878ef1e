import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    // MARK: Sending

    /// Puts the turn's messages into the mailboxes. Returns the cores to wake: those that sleep over them.
    mutating func publishMail() -> [CoreID] {
        guard !outbox.isEmpty else { return [] }
        var asleep: [CoreID] = []
        for recipient in outbox.takeRecipients() where recipient != id {
            let messages = outbox.take(for: recipient)
            let posted = office.post(messages, to: recipient)
            if posted < messages.count { outbox.putBack(messages[posted...], for: recipient) }
            if office.publish(to: recipient) { asleep.append(recipient) }
        }
        return asleep
    }

    // MARK: Receiving

    /// Works off what other cores, and this one itself, have said.
    mutating func drainMail() {
        for index in 0..<coreCount where index != id.index {
            let sender = CoreID(index)
            while let message = office.take(from: sender) {
                // Whoever writes knows that the node is prepared.
                if awaitsStart { beginStartIfPrepared() }
                receive(message)
            }
            office.release(sender)
        }
        deliverToSelf()
    }

    /// Mail to oneself. Handling it may produce more; all of it is worked off.
    mutating func deliverToSelf() {
        while outbox.hasMail(for: id) {
            for message in outbox.take(for: id) { receive(message) }
        }
        outbox.forgetSelf()
    }

    private mutating func receive(_ message: Message) {
        switch message {
        case .requests(let batch): serve(batch)
        case .replies(let batch): deliver(batch)
        case .ordering(let step, let call): advance(call, step)
        case .control(let call): perform(call)
        case .controlDone(let call): finish(call)
        case .monitorLines(let mail): showLines(mail)
        case .monitorLinesShown(let mail): takeBack(mail)
        }
    }

    // MARK: Serving others

    /// Executes requests of another core in their order and sends the batch back.
    private mutating func serve(_ batch: HopBatch) {
        statistics.hopBatchesServed += 1
        statistics.hopsServed &+= UInt64(batch.body.requests.count)
        let before = effects.count
        serveAll(&batch.body, of: batch.origin)
        postLogged(.replies(batch), to: batch.origin, isWrite: effects.count != before)
    }

    private mutating func serveAll(_ body: inout HopBatch.Body, of origin: CoreID) {
        // All buckets, then all entries, as for our own requests.
        for index in body.requests.indices {
            shard.prefetchBucket(body.requests[index].hash, in: body.requests[index].database)
        }
        for index in body.requests.indices {
            shard.prefetchEntry(body.requests[index].hash, in: body.requests[index].database)
        }
        for index in 0..<Shard.valueDistance { prefetchValue(index, of: body) }
        statistics.cyclesMark = Cycles.now()
        for index in body.requests.indices {
            prefetchValue(index + Shard.valueDistance, of: body)
            let request = body.requests[index]
            if !ordering.locks.isIdle, mustWait(request, in: body, of: origin) {
                // Its reply comes later, in a batch of its own; this one has none for it.
                body.requests[index].asker = .nobody
            } else {
                serveOne(request, &body, of: origin)
            }
            body.replyEnds.append(UInt32(truncatingIfNeeded: body.replies.buffer.count))
        }
    }

    /// Starts to fetch the value of a request that will be executed soon, if there is such a request.
    @inline(__always)
    private func prefetchValue(_ index: Int, of body: borrowing HopBatch.Body) {
        guard index < body.requests.count else { return }
        shard.prefetchValue(body.requests[index].hash, in: body.requests[index].database)
    }

    @inline(__always)
    mutating func serveOne(_ request: HopRequest, _ body: inout HopBatch.Body, of origin: CoreID) {
        var replies = ReplyWriter(version: request.version)
        swap(&replies, &body.replies)
        replies.version = request.version
        let start = replies.buffer.count
        let call = body.call(of: request, at: now, tuning, random: statistics.chance)
        if effects.isOn {
            Executor.execute(call, on: &shard, reply: &replies, effects: &effects)
        } else {
            Executor.execute(call, on: &shard, reply: &replies)
        }
        let spent = noteServed(request, replies, since: start)
        swap(&replies, &body.replies)
        if spent >= tuning.noteworthyCycles { noteSlow(spent, request, in: body, of: origin) }
    }

    // MARK: Replies

    /// Replies have come back: each goes to its place.
    private mutating func deliver(_ batch: HopBatch) {
        deliverAll(batch.body)
        outbox.recycle(batch)
    }

    private mutating func deliverAll(_ body: borrowing HopBatch.Body) {
        for index in body.requests.indices {
            switch body.requests[index].asker {
            case .nobody: continue
            case .connection(let socket, let ticket): fulfil(socket, ticket: ticket, with: body.reply(index))
            case .scanning(let socket, let ticket, let shard):
                scanned(socket, ticket: ticket, shard: shard, reply: body.reply(index))
            case .drawing(let socket, let ticket, let next, let left):
                let request = body.requests[index]
                drawn(socket, ticket: ticket, next: next, left: left, request, body.reply(index))
            case .gathering(let id, let part): gathered(id, part: part, reply: body.reply(index))
            }
        }
    }
}
