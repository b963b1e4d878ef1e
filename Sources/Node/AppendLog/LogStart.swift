import Durability
import Glibc
import Logging
import Reactor
import Wire

/// What a node does about its log when it starts: decided by `StartPreparation`, done by the cores.
enum LogStart: Sendable {
    /// There is no log to keep.
    case off
    /// Repeat these, then begin a generation.
    case replay([LogReplayJob.File], base: LogReplayJob.File?)
    /// Load the snapshot, if there is one, then begin a log with the data as its base.
    case beginWithData
}

extension LogStart {
    /// Looks at what there is and decides. What can be repaired without losing anything but a torn end is repaired.
    /// - Returns: nil if the node must not start; it has been said why.
    static func prepare(_ settings: Settings, _ folder: LogFolder, _ disk: any Disk, _ logger: Logger)
        -> LogStart?
    {
        let inspector = LogInspector(
            folder: folder.path, names: folder.names, singlePath: folder.names.stem, disk: disk,
            logger: logger)
        let report = inspector.inspect(
            wantsLog: settings.log.isOn, loadsTruncated: settings.log.loadsTruncated,
            snapshot: snapshot(settings.snapshotFile, disk, logger))
        let decision = report.findings.decision
        for problem in report.problems { logger.error("append-only file: \(problem)") }
        folder.remove(report.unlisted.filter { $0.hasPrefix("temp-") }, logger)
        switch decision.outcome {
        case .empty, .snapshot: return settings.log.isOn ? .replay([], base: nil) : .off
        case .snapshotThenLog:
            logger.notice("append-only file: there is none yet: it begins with what the snapshot holds")
            return .beginWithData
        case .adopt: return adopt(folder, disk, logger) ? prepare(settings, folder, disk, logger) : nil
        case .log, .cutThenLog:
            guard let files = cut(report, disk, logger) else { return nil }
            folder.take(report.manifest)
            return .replay(files, base: snapshotBase(report))
        case .refuse:
            logger.critical(
                "not started (row \(decision.row) of the recovery table). \(remedy(decision.row, settings, folder))"
            )
            return nil
        }
    }

    /// Whether there is a snapshot. One that may not be looked at is not taken for none.
    private static func snapshot(
        _ path: String, _ disk: any Disk, _ logger: Logger
    ) -> RecoveryFindings.Snapshot {
        do throws(DiskError) {
            _ = try disk.size(path)
            return .there
        } catch  where error == .notFound {
            return .none
        } catch {
            logger.error("\(path) cannot be looked at: \(error)")
            return .locked
        }
    }

    /// Cuts torn ends, and says how much that was. The files to repeat; nil if one cannot be cut.
    private static func cut(_ report: LogReport, _ disk: any Disk, _ logger: Logger) -> [LogReplayJob.File]? {
        var files: [LogReplayJob.File] = []
        for file in report.files {
            var end = file.size
            if case .torn(let whole) = file.finding {
                end = whole
                logger.warning(
                    "append-only file: \(file.path) ends in the middle of a record: cut from \(file.size) to \(end) bytes (\(file.size - end) bytes lost); set aof-load-truncated to no to refuse instead"
                )
                do throws(DiskError) {
                    try disk.truncate(file.path, to: end)
                } catch {
                    logger.critical("append-only file: \(file.path) cannot be cut: \(error)")
                    return nil
                }
            }
            if file.finding != nil, end > 0 { files.append(LogReplayJob.File(path: file.path, end: end)) }
        }
        return files
    }

    /// The base, if it is a snapshot.
    private static func snapshotBase(_ report: LogReport) -> LogReplayJob.File? {
        report.files.first { $0.listed.kind == .base && $0.finding == nil }
            .map { LogReplayJob.File(path: $0.path, end: $0.size) }
    }

    /// The single file of old becomes the base in the folder, as redis-server does it.
    private static func adopt(_ folder: LogFolder, _ disk: any Disk, _ logger: Logger) -> Bool {
        do throws(DiskError) {
            try disk.makeFolder(folder.path)
            var manifest = LogManifest()
            manifest.base = LogManifest.File(name: folder.names.stem, sequence: 1, kind: .base)
            try disk.write(folder.path(of: folder.names.temporaryManifest), manifest.bytes)
            // The file first: without a manifest it would still be found here next time, by `headless`.
            try disk.rename(folder.names.stem, to: folder.path(of: folder.names.stem))
            try disk.rename(
                folder.path(of: folder.names.temporaryManifest), to: folder.path(of: folder.names.manifest))
            try disk.syncFolder(folder.path)
            logger.notice("append-only file: \(folder.names.stem) has become the base in \(folder.path)")
            return true
        } catch {
            logger.critical(
                "append-only file: \(folder.names.stem) cannot be moved to \(folder.path): \(error)")
            return false
        }
    }

    private static func remedy(_ row: Character, _ settings: Settings, _ folder: LogFolder) -> String {
        let check = "coronet check aof \(folder.path(of: folder.names.manifest))"
        switch row {
        case "F": return "Bring the manifest back, or move the files away to start without them."
        case "G": return "Let the user that runs this node read and write \(folder.path)."
        case "O": return "Let the user that runs this node look at \(settings.snapshotFile), or move it away."
        case "H", "I", "J": return "See what is there with '\(check)'; bring the files back from a copy."
        default: return "Repair with '\(check) --fix', which keeps a copy and cuts what is behind the damage."
        }
    }
}

extension LogStart {
    /// The snapshot file to load first: the log's base, or the snapshot where there is no log.
    func loadJob(_ settings: Settings, coreCount: Int) throws(DiskError) -> LoadJob? {
        guard case .replay(_, let base) = self else {
            return try LoadJob.atStart(settings.snapshotFile, coreCount: coreCount)
        }
        guard let base else { return nil }
        return try LoadJob.atStart(base.path, coreCount: coreCount)
    }

    /// Bytes of base and increments; 0 where no log is loaded.
    var bytes: Int {
        guard case .replay(let files, let base) = self else { return 0 }
        return files.reduce(base?.end ?? 0) { $0 + $1.end }
    }
}

extension CoreState {
    /// What the node starts from is loaded. While there is a log to repeat nothing expires, and clients wait.
    mutating func beginStart() {
        let loadJob = node.persistence.load.withLock { $0 }
        if let loadJob { beginLoading(loadJob) }
        if case .replay = node.logStart.withLock({ $0 }) {
            conditions.insert(.loading)
            shard.isReplaying = true
            node.logFigures.isReplaying.store(true, ordering: .relaxed)
            node.logFigures.replayStartedSeconds.store(WallClock.micros / 1_000_000, ordering: .relaxed)
        }
        if id == Self.director, loadJob == nil { continueStart() }
    }

    /// The snapshot that the node starts from has been loaded, or there is none. On the first core.
    mutating func continueStart() {
        switch node.logStart.withLock({ $0 }) {
        case .off, .beginWithData:
            // A log that is to be on and is not begins by itself: with a rewrite (`rewriteIfDue`).
            for core in 0..<coreCount { tell(CoreID(core)) { $0.conditions.remove(.loading) } }
        case .replay(let files, let base):
            let job = LogReplayJob(
                files: files, baseBytes: base?.end ?? 0, coreCount: coreCount, startedAt: instant
            ) { state, failure in
                state.replayEnded(failure)
            }
            node.logReplay.withLock { $0 = job }
            for core in 0..<coreCount { tell(CoreID(core)) { $0.beginReplay(job) } }
        }
    }

    /// The log has been repeated on all cores, or cannot be.
    private mutating func replayEnded(_ failure: String?) {
        let logger = node.sink.logger(core: id.index)
        node.logReplay.withLock { $0 = nil }
        if let failure {
            logger.critical("append-only file: not started. \(failure)")
            return node.stopWithFailure()
        }
        node.logFigures.isReplaying.store(false, ordering: .relaxed)
        let removed = node.logFolder.removeUnlisted(logger)
        if !removed.isEmpty {
            logger.notice(
                "append-only file: removed what no manifest names: \(removed.joined(separator: ", "))")
        }
        beginGeneration()
        let bytes = measureLog()
        node.logFigures.baseBytes.store(bytes, ordering: .relaxed)
        node.logFigures.bytes.store(bytes, ordering: .relaxed)
        for core in 0..<coreCount { tell(CoreID(core)) { $0.conditions.remove(.loading) } }
    }

    /// Every core goes on with a file of its own.
    mutating func beginGeneration() {
        let logger = node.sink.logger(core: id.index)
        do throws(DiskError) {
            let generation = try node.logFolder.beginGeneration(cores: coreCount)
            for core in 0..<coreCount {
                let path = generation.paths[core]
                tell(CoreID(core)) { $0.switchLog(to: path) }
            }
        } catch {
            logger.critical("append-only file: no files can be made in \(node.logFolder.path): \(error)")
            node.stopWithFailure()
        }
    }
}
