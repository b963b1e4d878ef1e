import Durability
import Glibc
import Keyspace
import Logging
import Reactor
import Wire

/// Who waits for a snapshot, and what for.
struct SaveWaiter: Sendable {
    enum Purpose: Sendable, Equatable {
        /// SAVE.
        case save
        /// BGSAVE, which waits for the beginning only.
        case begin
        /// SHUTDOWN, or the signal to stop; `isForced`: also without a good snapshot.
        case stop(isForced: Bool)
        /// DEBUG RELOAD.
        case reload
    }

    let purpose: Purpose
    /// Where the answer goes; nil for the signal.
    let asker: (core: CoreID, socket: SocketID, ticket: UInt32, version: RESPVersion)?
}

/// Runs the snapshot jobs, one at a time. Lives on the first core.
struct SnapshotDirector {
    var job: SnapshotJob?
    /// Cores whose part in the job is not over.
    var coresAwaited = 0
    /// Those who wait for the job under way, and those who came too late for its instant.
    var waiters: [SaveWaiter] = []
    var later: [SaveWaiter] = []
    /// Those who wait for the instant of the job under way (BGSAVE).
    var beginners: [SaveWaiter] = []
    /// When all shards were asked for their instant, in cycles.
    var stepBegan: UInt64 = 0
    /// Seconds after the beginning at which the log has something to say next.
    var nextReport = Self.reportSeconds
    /// BGSAVE SCHEDULE: another job when this one is over.
    var isScheduled = false
    /// The end of the file, while the kernel writes it.
    var end: SnapshotChunk?
    /// Files that a rewrite has replaced and that are not gone yet.
    var removalsAwaited = 0
    /// The main thread's wish to stop has been taken up.
    var isStopping = false

    /// Seconds between two lines of the log about a job that takes long.
    static let reportSeconds: Int64 = 5
}

extension CoreState {
    /// The core that runs the jobs.
    static var director: CoreID { CoreID(rawValue: 0) }

    private var logger: Logger { node.sink.logger(core: id.index) }

    // MARK: Begin

    /// Starts a job for somebody who waits, or after the one under way.
    mutating func requestSave(_ waiter: SaveWaiter) {
        if case .stop = waiter.purpose { holdWritesForGood() }
        if snapshots.director.job != nil {
            snapshots.director.later.append(waiter)
        } else {
            snapshots.director.waiters = [waiter]
            startSnapshot(isInBackground: false)
        }
    }

    /// BGSAVE. Its answer comes when the instant has been taken: what was written before is in the file, what is written
    /// after the answer is not.
    mutating func requestBackgroundSave(_ waiter: SaveWaiter, schedules: Bool) {
        guard let job = snapshots.director.job else {
            startBackgroundSave()
            return snapshots.director.beginners.append(waiter)
        }
        if job.rewrite == nil {
            reply(to: waiter) { $0.error("ERR Background save already in progress" as StaticString) }
        } else if schedules {
            snapshots.director.isScheduled = true
            reply(to: waiter) { $0.status("Background saving scheduled") }
        } else {
            reply(to: waiter) {
                $0.error(
                    "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to "
                        + "schedule a BGSAVE whenever possible.")
            }
        }
    }

    /// Starts a job that nobody waits for. There must be none.
    mutating func startBackgroundSave() {
        snapshots.director.waiters = []
        startSnapshot(isInBackground: true)
        logger.notice("Background saving started")
    }

    private mutating func answerBeginners() {
        let beginners = snapshots.director.beginners
        snapshots.director.beginners = []
        for waiter in beginners { reply(to: waiter) { $0.status("Background saving started") } }
    }

    mutating func startSnapshot(isInBackground: Bool, rewrite: LogRewrite? = nil) {
        precondition(id == Self.director && snapshots.director.job == nil, "one snapshot at a time")
        let folder = node.logFolder
        let job = SnapshotJob(
            settings: node.settings, isInBackground: isInBackground, startedAt: instant,
            dataBytes: node.usedBytes,
            names: rewrite.map {
                SnapshotJob.Names(
                    folder: folder.path, temporary: folder.names.temporaryBase($0.sequence), final: $0.base)
            }, rewrite: rewrite)
        let seconds = now.rawValue / 1000
        snapshots.director.job = job
        snapshots.director.nextReport = SnapshotDirector.reportSeconds
        node.persistence.keysDone.store(0, ordering: .relaxed)
        node.persistence.keysTotal.store(0, ordering: .relaxed)
        node.persistence.temporaryPath.withLock { $0 = job.temporaryPath }
        if rewrite != nil { return openSnapshotFile(of: job, .replace) }
        node.persistence.lastTrySeconds.store(seconds, ordering: .relaxed)
        node.persistence.startedSeconds.store(seconds, ordering: .relaxed)
        node.persistence.isInBackground.store(isInBackground, ordering: .relaxed)
        openSnapshotFile(of: job, .replace)
    }

    /// Has the ring open the file here.
    mutating func openSnapshotFile(of job: SnapshotJob, _ mode: FileMode) {
        snapshots.isOpening = true
        snapshots.steps.append(.open(path: job.temporaryPath, mode, isDirect: job.isDirect))
    }

    /// The file is open on this core, or could not be opened.
    mutating func snapshotFileOpened(_ file: FileID, failure: Int32) {
        snapshots.isOpening = false
        guard let job = snapshots.director.job ?? snapshots.share?.job else {
            preconditionFailure("a core's part in a snapshot waits for its file")
        }
        if failure != 0 {
            job.fail("opening \(job.temporaryPath): \(DiskError(errno: failure))")
            // Nothing has begun yet where the first core cannot open it.
            if snapshots.share == nil { endJob(job) }
            return
        }
        snapshots.file = file
        guard id == Self.director, snapshots.share == nil else { return }
        snapshots.director.coresAwaited = coreCount
        snapshots.director.stepBegan = Cycles.now()
        beginStepOnAllShards {
            $0.beginShare(of: job)
        } finish: {
            $0.placeHeader(of: job)
        }
    }

    /// All shards have begun: now the header is known, and behind it everybody may write.
    private mutating func placeHeader(of job: SnapshotJob) {
        // What a fork is elsewhere: the time in which the shards agree on an instant.
        noteLatency(Cycles.now() &- snapshots.director.stepBegan, of: .fork)
        answerBeginners()
        let facts: [(name: String, value: String)] = [
            ("redis-ver", "\(Compatibility.version)"), ("redis-bits", "64"),
            ("ctime", "\(now.rawValue / 1000)"),
            ("used-mem", "\(node.usedBytes)"), ("aof-base", job.rewrite == nil ? "0" : "1"),
        ]
        let bytes = job.header(facts: facts)
        node.persistence.keysTotal.store(job.keys, ordering: .relaxed)
        guard var share = snapshots.share else { return }
        // Nobody writes before there is an offset, so the place is free.
        let chunk = share.encoder.makeChunk(bytes)
        share.writing[0] = chunk
        snapshots.share = share
        job.add(SummedPiece(offset: 0, length: chunk.bytes.count, sum: chunk.sum.value))
        snapshots.steps.append(.write(chunk, tag: 0))
        job.offset.store(chunk.bytes.count, ordering: .releasing)
        for core in 0..<coreCount { tell(CoreID(core)) { _ in } }
    }

    // MARK: End

    /// A core's part is over. With the last, the file gets its end, or the job its failure.
    mutating func shareEnded(of job: SnapshotJob) {
        guard snapshots.director.job === job else { return }
        snapshots.director.coresAwaited -= 1
        guard snapshots.director.coresAwaited == 0 else { return }
        if job.isFailed.load(ordering: .acquiring) { return endJob(job) }
        let end = job.end()
        let chunk = SnapshotChunk(end.bytes)
        chunk.offset = end.offset
        snapshots.director.end = chunk
        snapshots.steps.append(.write(chunk, tag: SnapshotShare.tagOfEnd))
    }

    /// The end has been written.
    mutating func directorWritten(failure: Int32) {
        guard let job = snapshots.director.job else { return }
        snapshots.director.end = nil
        if failure != 0 {
            job.fail("write: \(DiskError(errno: failure))")
            return endJob(job)
        }
        // Room was made ahead, and the end does not need all of it.
        snapshots.steps.append(job.isDirect ? .cut(length: job.length) : .sync(tag: SnapshotShare.tagOfSync))
    }

    /// The file is as long as it is to be.
    mutating func snapshotCut(failure: Int32) {
        guard let job = snapshots.director.job else { return }
        if failure != 0 {
            job.fail("cut to its length: \(DiskError(errno: failure))")
            return endJob(job)
        }
        snapshots.steps.append(.sync(tag: SnapshotShare.tagOfSync))
    }

    /// The file has been forced to the disk.
    mutating func snapshotSynced(tag: UInt16, failure: Int32) {
        if tag == SnapshotShare.tagOfSyncOnTheWay {
            snapshots.share?.isSyncing = false
            if failure != 0 { snapshots.share?.job.fail("sync: \(DiskError(errno: failure))") }
            return
        }
        guard let job = snapshots.director.job else { return }
        if failure != 0 {
            job.fail("sync: \(DiskError(errno: failure))")
            return endJob(job)
        }
        snapshots.steps.append(.openOld(path: job.path))
    }

    /// The steps to the name, one after the other. What may take long (the folder's sync, the removal of a large file) is
    /// the kernel's business meanwhile.
    mutating func commitEvent(_ event: Event) {
        guard let job = snapshots.director.job else { return }
        switch event.kind {
        case .fileOpened where event.file == snapshots.old:
            // There may be none.
            if event.failure != 0 { snapshots.old = nil }
            snapshots.steps.append(.rename(job))
        case .fileRenamed where event.failure != 0:
            committed(failure: "the file cannot get its name: \(DiskError(errno: event.failure))")
        case .fileRenamed:
            if job.rewrite != nil { noteLatency(Cycles.now() &- snapshots.namingBegan, of: .aofRename) }
            snapshots.steps.append(.openFolder(path: job.folder))
        case .fileOpened where event.failure != 0:
            snapshots.folder = nil
            committed(failure: "opening \(job.folder): \(DiskError(errno: event.failure))")
        case .fileOpened: snapshots.steps.append(.syncFolder(event.file))
        case .fileSynced:
            // Some file systems cannot sync a folder and say EINVAL: then there is nothing to be done for it.
            let isGood = event.failure == 0 || event.failure == EINVAL
            committed(failure: isGood ? nil : "sync of \(job.folder): \(DiskError(errno: event.failure))")
        default: break
        }
    }

    /// The file has its name, or could not get it.
    mutating func committed(failure: String?) {
        guard let job = snapshots.director.job else { return }
        if let failure { job.fail(failure) }
        var replaced: [String] = []
        if failure == nil, let rewrite = job.rewrite {
            do throws(DiskError) {
                replaced = try finishRewrite(rewrite)
            } catch {
                job.fail("the manifest cannot be replaced: \(error)")
            }
        }
        for file in [snapshots.old, snapshots.folder] {
            if let file { snapshots.steps.append(.close(file)) }
        }
        snapshots.old = nil
        snapshots.folder = nil
        if replaced.isEmpty { return endJob(job) }
        // Gigabytes take their time to go: the kernel's, not that of this core.
        for path in replaced { snapshots.steps.append(.removeReplaced(path: path)) }
        snapshots.director.removalsAwaited = replaced.count
    }

    /// A file that the new base has replaced is gone. One that stays does no harm, but takes room: it is said.
    mutating func replacedRemoved(_ path: String, failure: Int32) {
        guard let job = snapshots.director.job else { return }
        if failure != 0, failure != ENOENT {
            logger.warning("append-only file: \(path) could not be removed: \(DiskError(errno: failure))")
        }
        snapshots.director.removalsAwaited -= 1
        if snapshots.director.removalsAwaited == 0 { endJob(job) }
    }

    /// The job is over, well or badly: closes the file. One that came to nothing goes before anybody hears of it.
    private mutating func endJob(_ job: SnapshotJob) {
        if let file = snapshots.file { snapshots.steps.append(.close(file)) }
        snapshots.file = nil
        snapshots.share = nil
        if job.failure == nil { return concludeJob(job) }
        snapshots.steps.append(.remove(path: job.temporaryPath))
    }

    /// The temporary file is gone. Where it stays it is in nobody's way, but takes room on the disk.
    mutating func temporaryRemoved(_ event: Event) {
        guard let job = snapshots.director.job else { return }
        noteLatency(Cycles.now() &- snapshots.namingBegan, of: .rdbUnlinkTempFile)
        // It may never have been made.
        if event.failure != 0, event.failure != ENOENT {
            logger.warning("\(job.temporaryPath) could not be removed: \(DiskError(errno: event.failure))")
        }
        concludeJob(job)
    }

    /// Tells those who wait, and goes on with what came meanwhile.
    private mutating func concludeJob(_ job: SnapshotJob) {
        snapshots.director.job = nil
        noteEnd(of: job)
        answerBeginners()
        let waiters = snapshots.director.waiters
        snapshots.director.waiters = []
        for waiter in waiters { answer(waiter, job) }
        startWhatCameMeanwhile()
    }

    private mutating func noteEnd(of job: SnapshotJob) {
        let persistence = node.persistence
        persistence.keysDone.store(0, ordering: .relaxed)
        persistence.keysTotal.store(0, ordering: .relaxed)
        persistence.temporaryPath.withLock { $0 = nil }
        if job.failure == nil { logger.notice("\(SnapshotSummary(job, until: instant))") }
        if let rewrite = job.rewrite { return noteEnd(of: rewrite, job) }
        persistence.startedSeconds.store(-1, ordering: .relaxed)
        let took = Int64(instant.nanoseconds(since: job.startedAt) / 1_000_000_000)
        if job.isInBackground { persistence.lastDurationSeconds.store(took, ordering: .relaxed) }
        persistence.lastBytesHeld.store(job.bytesHeld.load(ordering: .relaxed), ordering: .relaxed)
        if let failure = job.failure {
            logger.warning("snapshot failed: \(failure)")
            if job.isInBackground { logger.warning("Background saving error") }
        } else {
            persistence.lastSaveSeconds.store(now.rawValue / 1000, ordering: .relaxed)
            persistence.changesSaved.store(job.changes.load(ordering: .relaxed), ordering: .relaxed)
            persistence.saves.add(1, ordering: .relaxed)
            logger.notice("DB saved on disk")
            if job.isInBackground { logger.notice("Background saving terminated with success") }
        }
        // As Redis: a failed SAVE is the caller's to notice, a failed BGSAVE everybody's; a good one of either ends it.
        if job.isInBackground || job.failure == nil {
            persistence.hasFailed.store(job.failure != nil, ordering: .relaxed)
            for core in 0..<coreCount { tell(CoreID(core)) { $0.updateConditions() } }
        }
    }

    private mutating func startWhatCameMeanwhile() {
        guard snapshots.director.job == nil else { return }
        if !snapshots.director.later.isEmpty {
            snapshots.director.waiters = snapshots.director.later
            snapshots.director.later = []
            startSnapshot(isInBackground: false)
        } else if snapshots.director.isScheduled {
            snapshots.director.isScheduled = false
            startBackgroundSave()
        }
    }

    private mutating func answer(_ waiter: SaveWaiter, _ job: SnapshotJob) {
        switch waiter.purpose {
        case .begin: break
        case .save:
            reply(to: waiter) { $0.outcome(isGood: job.failure == nil) }
        case .stop(let isForced): stopAfterSave(waiter, job, isForced: isForced)
        case .reload:
            if job.failure == nil { reload(waiter) } else { reply(to: waiter) { $0.outcome(isGood: false) } }
        }
    }

    /// Answers whoever waits, wherever its connection is.
    mutating func reply(to waiter: SaveWaiter, _ write: @escaping @Sendable (inout ReplyWriter) -> Void) {
        guard let asker = waiter.asker else { return }
        tell(asker.core) { state in
            var reply = ReplyWriter(version: asker.version)
            write(&reply)
            state.fulfil(asker.socket, ticket: asker.ticket, with: reply.buffer.bytes)
            state.unblock(asker.socket)
        }
    }
}

extension ReplyWriter {
    /// What SAVE says.
    mutating func outcome(isGood: Bool) {
        if isGood { ok() } else { error("ERR" as StaticString) }
    }
}
