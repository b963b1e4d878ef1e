import Durability
import Keyspace
import Reactor

/// What a core keeps of snapshots. Lives on one core.
struct SnapshotsOfCore {
    /// The part in the job under way.
    var share: SnapshotShare?
    /// Writes may have to hand something out.
    var isWalking = false
    /// The file of the job, once it is open here.
    var file: FileID?
    /// A file that is being opened: asked for, and then what the ring calls it.
    var isOpening = false
    var fileOpening: FileID?
    /// The file that has the name so far, and the folder, while the new file gets its name. On the first core.
    var old: FileID?
    var folder: FileID?
    /// The change of a name that is under way, and when the last began, in cycles. On the first core.
    var naming: FileID?
    var namingBegan: UInt64 = 0
    /// Files of the log that the new base has replaced, while they are being removed: by what the ring calls it the path.
    /// On the first core.
    var removals: [FileID: String] = [:]
    /// The log says once why memory was not registered.
    var hasSaidRefusal = false
    /// What the ring has to do.
    var steps: [SnapshotStep] = []
    /// The jobs; used on the first core only.
    var director = SnapshotDirector()
}

extension CoreState {
    // MARK: Begin

    /// In the ordered step: this is the instant that the snapshot shows.
    mutating func beginShare(of job: SnapshotJob) {
        let encoder = SnapshotEncoder(job.options)
        shard.beginSnapshot(into: encoder)
        for number in 0..<tuning.databases {
            let index = DatabaseIndex(rawValue: UInt8(number))
            let keys = shard.count(in: index)
            if keys > 0 {
                job.add(database: number, keys: keys, expiring: shard.expiringCount(in: index))
            }
        }
        job.changes.add(shard.changes, ordering: .relaxed)
        snapshots.share = SnapshotShare(job: job, encoder: encoder)
        snapshots.isWalking = true
        snapshots.steps.append(.registerBuffers(encoder))
        if let rewrite = job.rewrite { joinRewrite(rewrite) }
        // The first core has it open already.
        if id != Self.director { openSnapshotFile(of: job, .write) }
    }

    // MARK: A slice

    /// Walks on, and hands what is ready to the ring: `SnapshotShare.sliceMicros`, and a few homes of the table at most beyond it.
    mutating func continueShare() {
        guard var share = snapshots.share, !share.hasEnded else { return }
        // One owner: what is changed below is not copied.
        snapshots.share = nil
        let began = Cycles.now()
        if share.job.isFailed.load(ordering: .acquiring) {
            shard.endSnapshot()
            share.isWalkDone = true
        }
        walk(&share)
        write(&share)
        weigh(&share)
        snapshots.share = share
        noteLatency(Cycles.now() &- began, of: .snapshotSlice)
        endShareIfDone()
    }

    private mutating func walk(_ share: inout SnapshotShare) {
        guard !share.isWalkDone else { return }
        if instant < share.restsUntil { return }
        // Whoever asks something now waits for the slice, and through a hop for those of two cores.
        let isAsked =
            statistics.receives != share.receivesSeen || statistics.hopBatchesServed != share.hopsSeen
        share.receivesSeen = statistics.receives
        share.hopsSeen = statistics.hopBatchesServed
        if isAsked { share.askedAt = instant }
        let micros = isAsked ? SnapshotShare.sliceMicrosAsked : SnapshotShare.sliceMicros
        let began = Cycles.now()
        let end = began &+ Cycles.ticks(micros: micros)
        let step = share.job.delayMicros > 0 ? 1 : 4
        while share.encoder.pendingBytes < SnapshotEncoder.walkLimit {
            if !shard.continueSnapshot(atMost: step) {
                share.isWalkDone = true
                share.encoder.finish()
                break
            }
            if share.job.delayMicros > 0 {
                share.restsUntil = instant.advanced(byMicros: share.job.delayMicros)
                break
            }
            if Cycles.now() >= end { break }
        }
        if share.job.delayMicros == 0, instant < share.askedAt.advanced(byMicros: SnapshotShare.askedMicros) {
            // From the beginning of the turn: what it did for others is rest as well.
            let took = UInt64(Cycles.micros(Cycles.now() &- began))
            share.restsUntil = instant.advanced(byMicros: SnapshotShare.restPerWork * took)
        }
        let entries = shard.snapshotEntries
        node.persistence.keysDone.add(entries - share.entriesCounted, ordering: .relaxed)
        share.entriesCounted = entries
    }

    /// Chunks that are full go to the kernel, a few at a time.
    private mutating func write(_ share: inout SnapshotShare) {
        guard snapshots.file != nil, share.job.offset.load(ordering: .acquiring) > 0,
            !share.job.isFailed.load(ordering: .relaxed)
        else { return }
        while let tag = share.freeTag, let chunk = share.encoder.takeChunk() {
            let length = chunk.bytes.count
            chunk.offset = share.job.offset.add(length, ordering: .relaxed).oldValue
            share.job.add(
                SummedPiece(offset: chunk.offset, length: length, sum: chunk.sum.value))
            share.writing[tag] = chunk
            snapshots.steps.append(.write(chunk, tag: UInt16(tag)))
        }
        syncOnTheWay(&share)
        allocateAhead(&share)
    }

    private mutating func allocateAhead(_ share: inout SnapshotShare) {
        guard id == Self.director, share.job.isDirect, !share.isAllocating, !share.isWalkDone else { return }
        let reached = share.job.offset.load(ordering: .relaxed)
        guard reached + SnapshotShare.allocationStep / 2 > share.allocatedTo else { return }
        share.allocatedTo = reached + SnapshotShare.allocationStep
        share.isAllocating = true
        snapshots.steps.append(.allocate(end: share.allocatedTo, folder: share.job.folder))
    }

    private mutating func syncOnTheWay(_ share: inout SnapshotShare) {
        guard id == Self.director, share.job.syncsOnTheWay, !share.isSyncing else { return }
        let reached = share.job.offset.load(ordering: .relaxed)
        guard reached - share.syncedTo >= SnapshotShare.syncStep else { return }
        share.syncedTo = reached
        share.isSyncing = true
        snapshots.steps.append(.sync(tag: SnapshotShare.tagOfSyncOnTheWay))
    }

    /// When the disk does not keep up with what writes have to hand out early, writes wait: on all cores, since a
    /// client's next write may go anywhere.
    private mutating func weigh(_ share: inout SnapshotShare) {
        let held = share.encoder.pendingBytes
        share.bytesHeldMax = max(share.bytesHeldMax, held)
        share.heldMost = max(SnapshotShare.heldMin, shard.usedBytes / 32)
        let isCongested = held > (share.isCongested ? share.heldMost / 2 : share.heldMost)
        if isCongested != share.isCongested { setCongested(isCongested, &share) }
    }

    private func setCongested(_ isCongested: Bool, _ share: inout SnapshotShare) {
        share.isCongested = isCongested
        node.persistence.coresCongested.add(isCongested ? 1 : -1, ordering: .relaxed)
    }

    /// Before a client's write, while a snapshot is under way: a batch of them may bring more than a slice gets rid of.
    mutating func weighHeld() {
        guard let held = snapshots.share?.encoder.pendingBytes, let most = snapshots.share?.heldMost,
            held > most, var share = snapshots.share
        else { return }
        if !share.isCongested {
            setCongested(true, &share)
            snapshots.share = share
        }
        pause.isCongested = true
    }

    // MARK: Events

    /// A chunk has been written, or could not be.
    mutating func snapshotChunkWritten(tag: UInt16, failure: Int32) {
        guard tag < SnapshotShare.tagOfEnd else { return directorWritten(failure: failure) }
        guard var share = snapshots.share, let chunk = share.writing[Int(tag)] else { return }
        share.writing[Int(tag)] = nil
        if failure != 0 { share.job.fail("write: \(DiskError(errno: failure))") }
        share.encoder.recycle(chunk)
        snapshots.share = share
    }

    // MARK: End

    /// All is written: or given up, and the kernel has given the memory back.
    private mutating func endShareIfDone() {
        guard var share = snapshots.share, share.isWalkDone, !share.isWriting, !share.isSyncing,
            !share.isAllocating, !snapshots.isOpening
        else { return }
        let isFailed = share.job.isFailed.load(ordering: .acquiring)
        guard isFailed || share.encoder.pendingBytes == 0 else { return }
        share.hasEnded = true
        if share.isCongested { setCongested(false, &share) }
        snapshots.isWalking = false
        share.job.bytesHeld.add(share.bytesHeldMax, ordering: .relaxed)
        snapshots.steps.append(.unregisterBuffers(share.encoder))
        let job = share.job
        snapshots.share = id == Self.director ? share : nil
        if id != Self.director, let file = snapshots.file {
            snapshots.steps.append(.close(file))
            snapshots.file = nil
        }
        tell(Self.director) { $0.shareEnded(of: job) }
    }

    /// There is something to do for the snapshot at once.
    var isSnapshotBusy: Bool {
        if !snapshots.steps.isEmpty { return true }
        guard let share = snapshots.share, !share.hasEnded else { return false }
        if share.job.isFailed.load(ordering: .relaxed) { return true }
        if snapshots.file != nil, share.freeTag != nil, share.encoder.hasChunk,
            share.job.offset.load(ordering: .relaxed) > 0
        {
            return true
        }
        if !share.isWalkDone, share.encoder.pendingBytes < SnapshotEncoder.walkLimit {
            return instant >= share.restsUntil
        }
        return false
    }

    /// Bytes that the snapshot under way holds on this core.
    var snapshotBytesHeld: Int { snapshots.share?.encoder.pendingBytes ?? 0 }

    /// The most that it has held so far.
    var snapshotBytesPeak: Int { snapshots.share?.bytesHeldMax ?? 0 }
}
