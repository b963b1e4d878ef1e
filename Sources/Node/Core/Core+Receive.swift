import Commands
import Keyspace
import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// Takes the turn's events: parses what was received, notes what was sent, opens and closes connections.
    mutating func receive() {
        for index in 0..<events.count {
            let event = events[index]
            switch event.kind {
            case .received: received(event)
            case .sent: state.sent(event.socket)
            case .accepted: accepted(event)
            case .peerClosed: state.peerClosed(event.socket)
            case .receiveFailed, .sendFailed: state.requestClose(event.socket)
            case .closed: state.closed(event.socket)
            case .acceptFailed: state.acceptFailed(errno: event.count)
            case .connected, .connectFailed:
                preconditionFailure("a node opens no connections")
            case .woken: state.statistics.wakeUps += 1
            case .fileOpened, .fileRead, .fileWritten, .fileSynced, .fileAllocated, .fileCut, .fileClosed,
                .fileRenamed, .fileRemoved:
                state.snapshotFileEvent(event)
                logEvent(event)
            }
            if batch.isFull { executeBatch() }
        }
    }

    private mutating func received(_ event: Event) {
        let slot = Int(event.socket.slot)
        guard state.noteReceived(event.socket, bytes: Int(event.count)) else {
            ring.recycle(event.buffer)
            return
        }
        if state.connections[slot].mustCarry {
            carry(event)
        } else {
            batch.sources.append(BatchSource(event, firstRequest: batch.requests.count))
            parse(slot: slot, buffer: event.buffer, count: Int(event.count))
        }
    }

    /// Bytes for a connection that is in the middle of a request, or has to wait: they join what it carries.
    private mutating func carry(_ event: Event) {
        let slot = Int(event.socket.slot)
        // What it asked before, in this turn, comes first; that may also block it or send it away. Blocked, it
        // begins its carry anew with what was not executed: only then may these bytes follow.
        executeBatch()
        if !state.connections[slot].isLeaving {
            state.carry(ring.bytes(of: event.buffer, count: Int(event.count)), slot: slot)
        }
        ring.recycle(event.buffer)
        executeCarried(slot: slot)
    }

    /// Parses a receive buffer in place. When the batch is full in the middle of it, the batch is executed and
    /// parsing goes on behind it.
    private mutating func parse(slot: Int, buffer: BufferID, count: Int) {
        var base = 0
        while base < count {
            let outcome = state.parseOne(
                slot: slot, ring.bytes(of: buffer, count: count).from(base), base: base, into: &batch)
            switch outcome {
            case .request(let length):
                base += length
                guard batch.isFull || state.mustParseSingly(slot: slot) else { continue }
                executeBatch(parsedTo: base)
            case .inlineRequest(let length):
                executeBatch(parsedTo: base)
                if !state.connections[slot].mustCarry, executeInline(slot: slot) { base += length }
            case .incomplete:
                state.carry(ring.bytes(of: buffer, count: count).from(base), slot: slot)
                base = count
            case .failure(let error):
                executeBatch(parsedTo: base)
                if !state.connections[slot].mustCarry { state.refuse(slot: slot, error) }
            }
            if base < count, state.connections[slot].mustCarry {
                leaveUnparsed(slot: slot, buffer: buffer, from: base, count: count)
                base = count
            }
        }
        batch.finishSource()
    }

    /// The connection was blocked or sent away in the middle of a buffer: what was not parsed waits, or is dropped.
    private mutating func leaveUnparsed(slot: Int, buffer: BufferID, from base: Int, count: Int) {
        batch.leaveSource()
        guard !state.connections[slot].isLeaving else { return }
        state.carry(ring.bytes(of: buffer, count: count).from(base), slot: slot)
    }

    /// Executes what a connection carries, as far as it is complete and the connection is not blocked.
    /// The batch must be empty: carried bytes have a batch of their own.
    mutating func executeCarried(slot: Int) {
        precondition(batch.requests.isEmpty, "carried requests would overtake parsed ones")
        guard state.connections[slot].flags.isDisjoint(with: .waiting) else {
            return state.limitCarry(slot)
        }
        // Taken out of the connection while its requests are executed, which may change the connection.
        var carried = ByteBuffer()
        swap(&carried, &state.connections[slot].carry)
        var base = 0
        var isComplete = true
        while isComplete, base < carried.count {
            let outcome = state.parseOne(slot: slot, carried.bytes.from(base), base: base, into: &batch)
            switch outcome {
            case .request(let length):
                base += length
                guard batch.isFull || state.mustParseSingly(slot: slot) else { continue }
                isComplete = executeCarriedBatch(slot: slot, carried, parsedTo: &base)
            case .inlineRequest(let length):
                isComplete = executeCarriedBatch(slot: slot, carried, parsedTo: &base)
                guard isComplete else { continue }
                if executeInline(slot: slot) { base += length }
                isComplete = state.connections[slot].flags.isDisjoint(with: .refusing)
            case .incomplete:
                isComplete = executeCarriedBatch(slot: slot, carried, parsedTo: &base)
                isComplete = false
            case .failure(let error):
                if executeCarriedBatch(slot: slot, carried, parsedTo: &base) {
                    state.refuse(slot: slot, error)
                }
                isComplete = false
            }
        }
        _ = executeCarriedBatch(slot: slot, carried, parsedTo: &base)
        keepCarried(slot: slot, carried, from: base)
    }

    /// Executes the requests parsed from carried bytes. Returns false, with `base` set back to the first request
    /// that was not executed, if the connection was blocked or sent away.
    private mutating func executeCarriedBatch(
        slot: Int, _ carried: borrowing ByteBuffer, parsedTo base: inout Int
    ) -> Bool {
        defer { batch.removeAll() }
        state.prefetchEntries(of: batch)
        let all = 0..<batch.requests.count
        let stop = Self.run(all, of: batch, in: carried.bytes, on: &state)
        guard let stopped = stop else { return true }
        if stopped < all.upperBound { base = Int(batch.requests[stopped].base) }
        // What was parsed ahead of the stop is parsed again later.
        state.connections[slot].parser = RequestParser()
        return false
    }

    /// Puts back what is left of the carried bytes.
    private mutating func keepCarried(slot: Int, _ carried: consuming ByteBuffer, from base: Int) {
        guard !state.connections[slot].isLeaving, base < carried.count else {
            return state.bufferPool.takeBack(carried, bytesMax: state.tuning.pooledBytesMax)
        }
        carried.removePrefix(base)
        swap(&carried, &state.connections[slot].carry)
        state.limitCarry(slot)
    }
}
