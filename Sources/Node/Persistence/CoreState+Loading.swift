import Durability
import Logging
import Reactor
import Wire

extension CoreState {
    /// What a turn spends on loading before it looks at its clients.
    private static var loadSliceMicros: Int64 { 2000 }

    /// From now on this core loads its keys of the file, and tells clients to wait.
    mutating func beginLoading(_ job: LoadJob) {
        conditions.insert(.loading)
        loading = LoadShare(job, core: id, coreCount: coreCount, databases: tuning.databases)
    }

    /// A slice of loading. Reading blocks: there is nothing else to do.
    mutating func continueLoading() {
        guard let share = loading else { return }
        let end = Cycles.now() &+ Cycles.ticks(micros: Self.loadSliceMicros)
        do throws(RDBReader.Failure) {
            repeat {
                switch try share.loader.step(128, into: &shard, at: now) {
                case .busy: continue
                case .needsBytes: try read(for: share)
                case .done(let checksum, let end):
                    return endLoading(share, checksum: checksum, end: end, failure: nil)
                }
            } while Cycles.now() < end
        } catch {
            return endLoading(share, checksum: nil, end: 0, failure: error)
        }
        share.job.bytesDone[id.index].bytes.store(share.loader.bytesDone, ordering: .relaxed)
        if id != Self.director, share.job.hasFailed {
            endLoading(share, checksum: nil, end: 0, failure: nil)
        }
    }

    private func read(for share: LoadShare) throws(RDBReader.Failure) {
        let wanted = share.loader.wanted
        let path = share.job.path
        let got = share.loader.take { room in
            do throws(DiskError) {
                return try SystemDisk().read(path, from: wanted.lowerBound, into: &room)
            } catch {
                return Int(-error.errno)
            }
        }
        if id == Self.director { noteUsedMemory(share) }
        if got > 0 { return }
        // Nothing: the file has become shorter since it was looked at, and the loader would ask for ever.
        let failure: RDBError =
            got == 0
            ? .tooShort(needed: wanted.upperBound) : .unreadable("\(DiskError(errno: Int32(-got)))")
        throw RDBReader.Failure(failure, at: share.loader.bytesDone)
    }

    /// For INFO: what the server that wrote the file used then.
    private func noteUsedMemory(_ share: LoadShare) {
        guard let bytes = share.loader.facts["used-mem"].flatMap({ Int($0) }) else { return }
        share.job.usedMemory.store(bytes, ordering: .relaxed)
    }

    private mutating func endLoading(
        _ share: LoadShare, checksum: UInt64?, end: Int, failure: RDBReader.Failure?
    ) {
        loading = nil
        let outcome = share.job.end(of: share.loader, checksum: checksum, end: end, failure: failure)
        guard let outcome else { return }
        let job = share.job
        tell(Self.director) { $0.loaded(job, outcome) }
    }

    /// All cores are done with the file.
    private mutating func loaded(_ job: LoadJob, _ outcome: LoadJob.Outcome) {
        let logger = node.sink.logger(core: id.index)
        node.persistence.load.withLock { $0 = nil }
        if let failure = outcome.failure {
            logger.critical(
                "\(job.path) cannot be loaded: at offset \(failure.offset) \(failure.error.sentence)")
            if job.waiter == nil {
                for line in Self.advice(failure, path: job.path) { logger.critical("\(line)") }
                // Without its data it would look empty.
                return node.stopWithFailure()
            }
        } else {
            noteLoaded(job, outcome, logger)
        }
        if job.waiter == nil { return continueStart() }
        for core in 0..<coreCount { tell(CoreID(core)) { $0.conditions.remove(.loading) } }
        if let waiter = job.waiter {
            reply(to: waiter) { reply in
                if outcome.failure == nil {
                    reply.ok()
                } else {
                    reply.error("ERR Error trying to load the RDB dump, check server logs." as StaticString)
                }
            }
        }
    }

    private mutating func noteLoaded(_ job: LoadJob, _ outcome: LoadJob.Outcome, _ logger: Logger) {
        node.persistence.keysLoaded.store(outcome.keysLoaded, ordering: .relaxed)
        node.persistence.keysExpired.store(outcome.keysExpired, ordering: .relaxed)
        let millis = instant.nanoseconds(since: job.startedAt) / 1_000_000
        if let version = outcome.facts["redis-ver"] {
            logger.notice("Loading RDB produced by version \(version)")
        }
        logger.notice(
            "Done loading RDB, keys loaded: \(outcome.keysLoaded), keys expired: \(outcome.keysExpired).")
        logger.notice("DB loaded from disk: \(FixedText.decimals(Double(millis) / 1000, 3)) seconds")
    }

    /// What to do about a file that cannot be loaded.
    private static func advice(_ failure: RDBReader.Failure, path: String) -> [String] {
        if failure.error.isForeign {
            return ["Nothing has been changed. Move the file away to start without it."]
        }
        return [
            "Nothing has been changed. To see what is whole: coronet check rdb \(path)",
            "To keep what is whole (the file as it is stays beside it): coronet check rdb \(path) --fix",
        ]
    }

    /// Once a second while a file is loaded, on the first core.
    mutating func logLoading() {
        guard let job = node.persistence.load.withLock({ $0 }), job.size > 0 else { return }
        let figures = LoadFigures(job, nowSeconds: now.rawValue / 1000)
        node.sink.logger(core: id.index).notice(
            "Loading \(job.path): \(FixedText.decimals(figures.percent, 2)) %, \(figures.secondsLeft) s to go"
        )
    }
}

/// How far a load is.
struct LoadFigures: Sendable {
    var startedSeconds: Int64 = 0
    var bytesTotal = 0
    var bytesLoaded = 0
    /// What the server that wrote the file used then, as the file says; 0 where it does not.
    var usedMemory = 0
    var secondsLeft: Int64 = 0

    var percent: Double { bytesTotal == 0 ? 0 : Double(bytesLoaded) / Double(bytesTotal) * 100 }

    init(_ job: LoadJob, nowSeconds: Int64) {
        startedSeconds = job.startedSeconds
        bytesTotal = job.size
        bytesLoaded = job.bytesLoaded
        usedMemory = job.usedMemory.load(ordering: .relaxed)
        let elapsed = nowSeconds - startedSeconds
        // In the first second there is nothing to judge by: one second, as Redis.
        secondsLeft =
            elapsed <= 0 ? 1 : elapsed * Int64(bytesTotal - bytesLoaded) / Int64(bytesLoaded + 1)
    }
}
