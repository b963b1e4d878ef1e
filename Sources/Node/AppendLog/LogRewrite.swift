import Durability
import Logging
import Reactor
import Synchronization

/// A rewrite of the log: a snapshot job whose file becomes the base, and the generation of increments that begins at its
/// instant. Shared; written by the first core before any other hears of it.
///
///     first core            every core, in one ordered step
///     make a generation
///                           begin the shard's snapshot; go on in the new increment
///     the base is whole: it takes the place of the old base and of all increments before the generation
final class LogRewrite: Sendable {
    let base: String
    let sequence: Int64
    let generation: LogFolder.Generation
    /// The base is one of commands (`aof-use-rdb-preamble no`).
    let writesRecords: Bool
    /// The log was off: it counts only once this base is whole.
    let begins: Bool

    init(
        base: String, sequence: Int64, generation: LogFolder.Generation, writesRecords: Bool, begins: Bool
    ) {
        self.base = base
        self.writesRecords = writesRecords
        self.sequence = sequence
        self.generation = generation
        self.begins = begins
    }
}

/// What the node knows about its rewrites, for INFO and for the next one. Shared; written by the first core.
final class LogFigures: Sendable {
    let isScheduled = Atomic<Bool>(false)
    /// The log is being repeated.
    let isReplaying = Atomic<Bool>(false)
    /// When that began, in seconds since 1970.
    let replayStartedSeconds = Atomic<Int64>(0)
    /// Whether `appendfsync always` commits by O_DSYNC writes, and whether that has been settled.
    let commitsByWrite = Atomic<Bool>(false)
    let commitIsSettled = Atomic<Bool>(false)
    /// When the one under way began, in seconds; -1: none is.
    let startedSeconds = Atomic<Int64>(-1)
    let lastDurationSeconds = Atomic<Int64>(-1)
    /// Rewrites that have failed since the last good one.
    let failures = Atomic<Int>(0)
    /// The most that the last one held, as a snapshot does.
    let lastBytesHeld = Atomic<Int>(0)
    let lastTrySeconds = Atomic<Int64>(0)
    let rewrites = Atomic<Int>(0)
    /// Bytes of all files after the last rewrite, or at the start; and now, as of the last second.
    let baseBytes = Atomic<Int>(0)
    let bytes = Atomic<Int>(0)
}

extension CoreState {
    /// BGREWRITEAOF
    mutating func bgrewriteaof(_ slot: Int) -> Progress {
        enum Answer: Sendable { case started, scheduled, isUnderWay, failed(DiskError) }
        return askAllCores(slot: slot) { state -> Answer? in
            guard state.id == Self.director else { return nil }
            if let job = state.snapshots.director.job {
                if job.rewrite != nil { return .isUnderWay }
                state.node.logFigures.isScheduled.store(true, ordering: .relaxed)
                return .scheduled
            }
            do throws(DiskError) {
                try state.startRewrite()
                return .started
            } catch {
                return .failed(error)
            }
        } finish: { _, answers, reply in
            switch answers.compactMap({ $0 }).first ?? .isUnderWay {
            case .started: reply.status("Background append only file rewriting started")
            case .scheduled: reply.status("Background append only file rewriting scheduled")
            case .isUnderWay:
                reply.error("ERR Background append only file rewriting already in progress" as StaticString)
            case .failed(let error):
                reply.error("ERR Can't execute an AOF background rewriting: \(error)")
            }
        }
    }

    /// Begins a rewrite; on the first core, when no job is under way. Also how a log begins that was off.
    mutating func startRewrite() throws(DiskError) {
        let begins = !log.isOn
        let figures = node.logFigures
        figures.isScheduled.store(false, ordering: .relaxed)
        figures.lastTrySeconds.store(now.rawValue / 1000, ordering: .relaxed)
        let generation: LogFolder.Generation
        do throws(DiskError) {
            if begins {
                try node.logFolder.takeFromDisk()
                node.settleCommitMethod(node.settings.log, node.sink.logger(core: id.index))
            }
            generation = try node.logFolder.beginGeneration(cores: coreCount, isProvisional: begins)
        } catch {
            figures.failures.add(1, ordering: .relaxed)
            node.sink.logger(core: id.index).error("append-only file: no rewrite can begin: \(error)")
            throw error
        }
        let isSnapshot = node.settings.log.usesSnapshotBase
        let base = node.logFolder.nextBase(isSnapshot: isSnapshot)
        figures.startedSeconds.store(now.rawValue / 1000, ordering: .relaxed)
        startSnapshot(
            isInBackground: true,
            rewrite: LogRewrite(
                base: base.name, sequence: base.sequence, generation: generation,
                writesRecords: !isSnapshot, begins: begins))
        node.sink.logger(core: id.index).notice("Background append only file rewriting started")
    }

    /// In the ordered step: from here on this core's effects stand in the new generation.
    mutating func joinRewrite(_ rewrite: LogRewrite) {
        switchLog(to: rewrite.generation.paths[id.index])
        log.stream.isSyncSuspended = tuning.log.suspendsSyncDuringRewrite
    }

    /// The base has its name: the manifest follows, and what it does not name any more goes. On the first core.
    /// - Returns: the files that are to be removed.
    mutating func finishRewrite(_ rewrite: LogRewrite) throws(DiskError) -> [String] {
        let replaced = try node.logFolder.replaceBase(
            rewrite.base, rewrite.sequence, before: rewrite.generation.firstSequence)
        let bytes = measureLog()
        node.logFigures.baseBytes.store(bytes, ordering: .relaxed)
        node.logFigures.bytes.store(bytes, ordering: .relaxed)
        return replaced.map { node.logFolder.path(of: $0.name) }
    }

    /// The rewrite is over, well or badly.
    mutating func noteEnd(of rewrite: LogRewrite, _ job: SnapshotJob) {
        let figures = node.logFigures
        figures.lastDurationSeconds.store(
            Int64(instant.nanoseconds(since: job.startedAt) / 1_000_000_000), ordering: .relaxed)
        figures.startedSeconds.store(-1, ordering: .relaxed)
        figures.lastBytesHeld.store(job.bytesHeld.load(ordering: .relaxed), ordering: .relaxed)
        let logger = node.sink.logger(core: id.index)
        let hasFailed = job.failure != nil
        if let failure = job.failure {
            figures.failures.add(1, ordering: .relaxed)
            logger.warning("Background AOF rewrite failed: \(failure)")
        } else {
            figures.failures.store(0, ordering: .relaxed)
            figures.rewrites.add(1, ordering: .relaxed)
            logger.notice("Background AOF rewrite finished successfully")
        }
        let endsLog = hasFailed && rewrite.begins
        if endsLog { node.logFolder.dropProvisional(logger) }
        for core in 0..<coreCount {
            tell(CoreID(core)) { state in
                state.log.stream.isSyncSuspended = false
                if endsLog { state.endLog() } else if !hasFailed { state.logIsRewritten() }
            }
        }
    }

    /// Whatever could not be synced before is in the new base.
    private mutating func logIsRewritten() {
        if case .syncFailed = log.stream.condition, log.isSettled {
            log.stream.beginAnew(now: instant.nanoseconds)
        }
    }

    /// Once a second on the first core: begins the log if it is to be on and is not, and a rewrite if it has grown enough.
    mutating func rewriteIfDue() {
        guard id == Self.director, snapshots.director.job == nil, !isStopping, tuning.log.isOn,
            !conditions.contains(.loading)
        else { return }
        let figures = node.logFigures
        let waits = now.rawValue / 1000 - figures.lastTrySeconds.load(ordering: .relaxed) < 5
        if figures.failures.load(ordering: .relaxed) > 0, waits { return }
        guard log.isOn else { return tryRewrite() }
        let bytes = measureLog()
        figures.bytes.store(bytes, ordering: .relaxed)
        if mustRewrite(bytes) { tryRewrite() }
    }

    private mutating func mustRewrite(_ bytes: Int) -> Bool {
        let figures = node.logFigures
        if figures.isScheduled.load(ordering: .relaxed) { return true }
        // A sync has failed: only new files help.
        if logRefusal != 0, node.cores.contains(where: { $0.needsRewrite.load(ordering: .relaxed) }) {
            return true
        }
        // Each FLUSHDB on several cores makes a generation of files.
        if node.logFolder.manifest.generationCount > LogFolder.generationsMax { return true }
        let rule = RewriteRule(
            percentage: tuning.log.rewritePercentage, bytesMin: tuning.log.rewriteBytesMin)
        return rule.isDue(
            bytes: bytes, baseBytes: figures.baseBytes.load(ordering: .relaxed), dataBytes: node.usedBytes)
    }

    private mutating func tryRewrite() {
        // It has been said why, and the next attempt is some seconds away.
        try? startRewrite()
    }

    // MARK: Switching the log on and off

    /// The settings have changed.
    mutating func tuneLog() {
        log.stream.policy = tuning.log.policy
        effects.marksTime = tuning.log.marksTime
        if !tuning.log.isOn, log.isOn { endLog() }
        if id == Self.director, tuning.log.isOn, !log.isOn { rewriteIfDue() }
    }

    /// No more is logged; what has been appended is still written.
    mutating func endLog() {
        guard log.isOn else { return }
        effects.isOn = false
        shard.notesRemovals = false
        log.isEnding = true
    }
}
