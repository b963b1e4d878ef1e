import Durability
import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// What the turn has changed goes to the log: written, synced, or left for later, as the stream decides. Before the
    /// replies are flushed, so that those that may go leave in this turn.
    mutating func writeLog() {
        state.effects.noteRemovals(of: &state.shard, at: state.now)
        if state.log.standing == .open {
            advanceLog()
            beginWriteback()
        }
        if !state.log.switches.isEmpty { switchFiles() }
        guard state.log.standing != .opening else { return }
        state.settleLog()
        state.releaseHeld()
        if state.log.isEnding { closeLog() }
    }

    /// The log has been switched off and everything is written: it ends.
    private mutating func closeLog() {
        guard state.log.standing == .open, state.log.isSettled, state.effects.count == 0,
            state.log.heldMail.isEmpty
        else { return }
        ring.closeFile(state.log.file)
        for waiter in state.log.waiters { state.tell(waiter.origin) { $0.logIsSynced(waiter.wait) } }
        state.panel.logRefusal.store(0, ordering: .relaxed)
        state.panel.needsRewrite.store(false, ordering: .relaxed)
        // Nothing is held back any more.
        state.releaseAll()
        state.log = CoreLog()
        state.conditions.remove(.cannotLog)
        state.logRefusal = 0
    }

    /// Does what the stream says until it rests.
    private mutating func advanceLog() {
        if state.log.switches.isEmpty { state.sealBatch() }
        while true {
            let now = state.instant.nanoseconds
            switch state.log.stream.step(appended: state.logNext, now: now) {
            case .rest: return
            case .writeNow: writeLogNow()
            case .write(let durable): writeLogThroughRing(durable: durable)
            case .sync:
                state.log.syncBegan = state.instant
                state.log.syncingBytes = state.log.offset
                return ring.sync(state.log.file, dataOnly: true, tag: 0)
            case .giveUp(let errno): return state.giveUpCommit(errno)
            }
        }
    }

    /// Goes on with the next file once the one before it is complete and on the disk: a file of a new generation never
    /// holds anything while the same core's file before it could still lose its end.
    private mutating func switchFiles() {
        guard state.log.standing != .gaveUp, state.log.inFlight.isEmpty, state.log.stream.isIdle else {
            return
        }
        if !state.log.switches[0].tail.isEmpty {
            state.log.inFlight.append(state.log.switches[0].tail)
            state.log.switches[0].tail = []
            if state.log.standing == .open { advanceLog() }
        }
        guard state.log.inFlight.isEmpty, state.log.standing != .opening || state.log.file == .none else {
            return
        }
        if state.log.file != .none {
            if state.log.stream.synced < state.log.stream.written, state.log.stream.condition == .good {
                state.log.stream.wantSync()
                return advanceLog()
            }
            ring.closeFile(state.log.file)
        }
        let next = state.log.switches.removeFirst()
        state.log.path = next.path
        state.log.offset = 0
        state.log.begunBytes = 0
        state.log.uncachedBytes = 0
        state.log.standing = .opening
        state.log.file = ring.openFile(next.path, .write)
    }

    /// An event of the log's file.
    mutating func logEvent(_ event: Event) {
        guard event.file == state.log.file else { return }
        let now = state.instant.nanoseconds
        switch event.kind {
        case .fileOpened: logOpened(event)
        case .fileWritten:
            state.noteLogWrite(from: state.log.writeBegan, to: state.instant, as: state.log.writeEvent)
            guard event.failure == 0 else { return logWriteFailed(event.failure) }
            state.inFlightWritten()
            state.log.stream.wrote(now: now)
        case .fileSynced where event.failure == 0:
            state.noteLogSync(from: state.log.syncBegan)
            state.log.stream.synced(now: now)
            uncacheLog()
        case .fileSynced:
            state.log.stream.syncFailed(event.failure)
            state.logSyncFailed(event.failure)
        default: break
        }
    }

    /// With `everysec` what has been written goes to the disk in steps, so that the sync at the end of the second is
    /// short: while it lasts, each write takes the longer way through the ring.
    private mutating func beginWriteback() {
        let end = state.log.offset & ~(Self.writebackStep - 1)
        guard end > state.log.begunBytes, state.log.stream.policy == .everySecond,
            !state.log.stream.isSyncSuspended
        else { return }
        ring.beginWriteback(state.log.file, from: state.log.begunBytes, count: end - state.log.begunBytes)
        state.log.begunBytes = end
    }

    /// Bytes at least that begin to go to the disk together.
    private static var writebackStep: Int64 { 4 << 20 }

    /// What is on the disk leaves the page cache: it would fill the memory with what is read at the next start at the
    /// earliest. The last page stays, since it is written to again.
    private mutating func uncacheLog() {
        let end = state.log.syncingBytes & ~(Self.uncacheStep - 1)
        guard end > state.log.uncachedBytes else { return }
        let count = end - state.log.uncachedBytes
        ring.uncache(state.log.file, from: state.log.uncachedBytes, count: count)
        state.log.uncachedBytes = end
    }

    /// Bytes at least that leave the page cache together.
    private static var uncacheStep: Int64 { 1 << 20 }

    private mutating func logOpened(_ event: Event) {
        guard event.failure == 0 else {
            state.log.standing = .open
            state.log.stream.writeFailed(event.failure, now: state.instant.nanoseconds)
            return state.giveUpLog("opening \(state.log.path) failed (\(errorName(event.failure)))")
        }
        state.log.standing = .open
    }

    /// Writes the next batch in this call.
    private mutating func writeLogNow() {
        let isSecond = !state.log.inFlight.isEmpty
        // What failed, or belongs to the end of a file, goes first and by itself.
        let bytes =
            unsafe isSecond ? state.log.inFlight.unsafeBytes : state.effects.writer.buffer.unsafeBytes
        let event = state.logWriteEvent
        let began = ring.now()
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe ring.writeNow(state.log.file, rest, at: state.log.offset + Int64(done))
            if count < 0 { return logWriteFailed(Int32(-count), partly: done > 0) }
            done += count
        }
        if isSecond { state.inFlightWritten() } else { state.batchWritten() }
        state.instant = ring.now()
        state.noteLogWrite(from: began, to: state.instant, as: event)
        state.log.stream.wroteNow(from: began.nanoseconds, to: state.instant.nanoseconds)
    }

    /// Has the ring write the next batch, which stays where it is until the event.
    private mutating func writeLogThroughRing(durable: Bool) {
        if state.log.inFlight.isEmpty {
            swap(&state.log.inFlight, &state.effects.writer.buffer)
            state.log.summed = 0
        }
        state.log.writeBegan = state.instant
        state.log.writeEvent = durable ? .aofFsyncAlways : state.logWriteEvent
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
                    "append-only file: \(state.log.path) could not be cut back to \(state.log.offset): \(error)"
                )
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
            let isWritten = state.log.stream.written == state.logEnd && state.log.isSettled
            if isWritten, state.log.stream.synced == state.log.stream.written { return }
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
            // Taken out, since the buffer it reads is a part of this very state.
            var sum = log.sum
            sum.add(effects.writer.buffer.bytes.from(log.summed))
            let start = effects.count
            LogAnnotation.appendCheck(sum.value, to: &effects.writer.buffer)
            sum.add(effects.writer.buffer.bytes.from(start))
            log.sum = sum
        }
        log.summed = effects.count
    }

    /// All effects are in the file.
    mutating func batchWritten() {
        let count = effects.count
        log.offset += Int64(count)
        log.base &+= UInt64(count)
        log.summed = 0
        effects.writer.buffer.removeAll(keepingCapacity: effects.writer.buffer.capacity <= 1 << 20)
    }

    /// The batch of `inFlight` is in the file.
    mutating func inFlightWritten() {
        log.offset += Int64(log.inFlight.count)
        log.base &+= UInt64(log.inFlight.count)
        log.inFlight.removeAll(keepingCapacity: log.inFlight.capacity <= 1 << 20)
    }

    /// What is appended from now on goes to another file; the log begins with it if it was off.
    mutating func switchLog(to path: String) {
        if log.isOn {
            sealBatch()
            log.switches.append(CoreLog.Switch(path: path, tail: effects.writer.buffer.bytes.copied()))
            effects.writer.buffer.removeAll()
        } else {
            log.standing = .opening
            log.stream.policy = tuning.log.policy
            log.stream.commitsByWrite = node.logFigures.commitsByWrite.load(ordering: .relaxed)
            log.switches = [CoreLog.Switch(path: path, tail: [])]
            effects.isOn = true
            effects.marksTime = tuning.log.marksTime
            shard.notesRemovals = true
        }
        log.sum = LogChecksum()
        log.summed = 0
        effects.beginFile()
    }

    /// Tells the node whether this core's log refuses writes.
    mutating func settleLog() {
        let refusal = log.stream.refusal
        if case .syncFailed = log.stream.condition {
            panel.needsRewrite.store(true, ordering: .relaxed)
        } else {
            panel.needsRewrite.store(false, ordering: .relaxed)
        }
        if refusal != panel.logRefusal.load(ordering: .relaxed) {
            panel.logRefusal.store(refusal, ordering: .relaxed)
            if refusal == 0 {
                node.sink.logger(core: id.index).notice("append-only file: \(log.path) can be written again")
            }
        }
        if !log.waiters.isEmpty { answerLogWaits() }
    }

    /// Says so once, not with each attempt.
    mutating func logWriteFailed(_ errno: Int32) {
        guard panel.logRefusal.load(ordering: .relaxed) == 0 else { return }
        node.sink.logger(core: id.index).error(
            "append-only file: cannot write \(log.path) (\(errorName(errno))); writes are refused until it can be"
        )
    }

    /// The same for a sync; only new files help.
    mutating func logSyncFailed(_ errno: Int32) {
        guard tuning.log.policy != .always else { return }
        node.sink.logger(core: id.index).error(
            "append-only file: fdatasync of \(log.path) failed (\(errorName(errno))); writes are refused until a rewrite has made new files"
        )
    }
}
