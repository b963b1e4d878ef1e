import Durability
import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// What the turn has changed goes to the log: written, synced, or left for later, as the stream decides. Before the
    /// replies are flushed, so that those that may go leave in this turn.
    mutating func writeLog() {
        state.effects.noteRemovals(of: &state.shard, at: state.now)
        guard state.log.standing == .open else { return }
        state.sealBatch()
        perform: while true {
            let now = state.instant.nanoseconds
            switch state.log.stream.step(appended: state.logEnd, now: now) {
            case .rest: break perform
            case .writeNow: writeLogNow()
            case .write(let durable): writeLogThroughRing(durable: durable)
            case .sync:
                ring.sync(state.log.file, dataOnly: true, tag: 0)
                break perform
            case .giveUp(let errno):
                state.giveUpLog(errno)
                break perform
            }
        }
        state.settleLog()
        state.releaseHeld()
    }

    /// An event of the log's file.
    mutating func logEvent(_ event: Event) {
        guard event.file == state.log.file else { return }
        let now = state.instant.nanoseconds
        switch event.kind {
        case .fileOpened: logOpened(event)
        case .fileWritten where event.failure == 0:
            state.log.offset += Int64(state.log.inFlight.count)
            state.log.base &+= UInt64(state.log.inFlight.count)
            state.log.inFlight.removeAll(keepingCapacity: state.log.inFlight.capacity <= 1 << 20)
            state.log.stream.wrote(now: now)
        case .fileWritten: logWriteFailed(event.failure)
        case .fileSynced where event.failure == 0: state.log.stream.synced(now: now)
        case .fileSynced:
            state.log.stream.syncFailed(event.failure)
            state.logSyncFailed(event.failure)
        default: break
        }
    }

    private mutating func logOpened(_ event: Event) {
        guard event.failure == 0 else {
            state.log.standing = .open
            state.log.stream.writeFailed(event.failure, now: state.instant.nanoseconds)
            return state.giveUpLog(event.failure)
        }
        state.log.standing = .open
    }

    /// Writes everything in this call.
    private mutating func writeLogNow() {
        // What failed through the ring goes first.
        if !state.log.inFlight.isEmpty { state.mergeBatches() }
        let bytes = unsafe state.effects.writer.buffer.unsafeBytes
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe ring.writeNow(state.log.file, rest, at: state.log.offset + Int64(done))
            if count < 0 { return logWriteFailed(Int32(-count), partly: done > 0) }
            done += count
        }
        state.log.offset += Int64(done)
        state.log.base &+= UInt64(done)
        state.log.summed = 0
        state.effects.writer.buffer.removeAll(keepingCapacity: state.effects.writer.buffer.capacity <= 1 << 20)
        let began = state.instant
        state.instant = ring.now()
        state.log.stream.wroteNow(from: began.nanoseconds, to: state.instant.nanoseconds)
    }

    /// Has the ring write everything; the batch stays where it is until the event.
    private mutating func writeLogThroughRing(durable: Bool) {
        if state.log.inFlight.isEmpty {
            swap(&state.log.inFlight, &state.effects.writer.buffer)
        } else {
            state.mergeBatches()
            swap(&state.log.inFlight, &state.effects.writer.buffer)
        }
        state.log.summed = 0
        // Not touched before `.fileWritten`.
        unsafe ring.write(
            state.log.file, state.log.inFlight.unsafeBytes, at: state.log.offset, tag: 0, durable: durable)
    }

    /// A batch could not be written: no part of it stays in the file, and all of it is tried again.
    private mutating func logWriteFailed(_ errno: Int32, partly: Bool = true) {
        if partly {
            do throws(DiskError) {
                try ring.disk.truncate(state.log.path, to: Int(state.log.offset))
            } catch {
                // The next attempt writes over it; until then a reader finds a torn tail, which recovery cuts.
                state.node.sink.logger(core: state.id.index).warning(
                    "append-only file: \(state.log.path) could not be cut back to \(state.log.offset): \(error)")
            }
        }
        state.log.stream.writeFailed(errno, now: state.instant.nanoseconds)
        state.logWriteFailed(errno)
    }

    /// The node stops: what is still to be written goes to the disk before the core ends.
    mutating func finishLog() {
        guard state.log.isOn, state.log.standing != .gaveUp else { return }
        let end = ring.now().advanced(byMillis: 10_000)
        while ring.now() < end {
            state.log.stream.wantSync()
            writeLog()
            if state.log.standing == .gaveUp { return }
            if state.log.stream.isDrained, state.log.stream.synced == state.log.stream.written { return }
            if state.log.stream.refusal != 0 { return }
            ring.turn(until: ring.now().advanced(byMillis: 50), into: &events)
            state.instant = ring.now()
            for index in 0..<events.count {
                switch events[index].kind {
                case .fileOpened, .fileWritten, .fileSynced: logEvent(events[index])
                case .received: ring.recycle(events[index].buffer)
                default: break
                }
            }
        }
    }
}

extension CoreState {
    /// Closes the batch with the sum of the file so far.
    mutating func sealBatch() {
        guard effects.count > log.summed else { return }
        if tuning.log.hasChecksums {
            log.sum.add(effects.writer.buffer.bytes.from(log.summed))
            let start = effects.count
            LogAnnotation.appendCheck(log.sum.value, to: &effects.writer.buffer)
            log.sum.add(effects.writer.buffer.bytes.from(start))
        }
        log.summed = effects.count
    }

    /// A batch that failed and what has come since become one batch.
    mutating func mergeBatches() {
        guard !log.inFlight.isEmpty else { return }
        log.inFlight.append(effects.writer.buffer.bytes)
        swap(&log.inFlight, &effects.writer.buffer)
        log.inFlight.removeAll(keepingCapacity: false)
        log.summed = effects.count
    }

    /// Tells the node whether this core's log refuses writes.
    mutating func settleLog() {
        let refusal = log.stream.refusal
        if refusal != panel.logRefusal.load(ordering: .relaxed) {
            panel.logRefusal.store(refusal, ordering: .relaxed)
            if refusal == 0 {
                node.sink.logger(core: id.index).notice("append-only file: \(log.path) can be written again")
            }
        }
        answerLogWaits()
        beginWaitingCalls()
    }

    /// Says so once, not with each attempt.
    mutating func logWriteFailed(_ errno: Int32) {
        guard panel.logRefusal.load(ordering: .relaxed) == 0 else { return }
        node.sink.logger(core: id.index).error(
            "append-only file: cannot write \(log.path) (\(errorName(errno))); writes are refused until it can be")
    }

    /// The same for a sync; only new files help.
    mutating func logSyncFailed(_ errno: Int32) {
        guard tuning.log.policy != .always else { return }
        node.sink.logger(core: id.index).error(
            "append-only file: fdatasync of \(log.path) failed (\(errorName(errno))); writes are refused until a rewrite has made new files")
    }
}
