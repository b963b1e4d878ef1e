import Durability
import Glibc
import Reactor

extension Core where Ring: ~Copyable {
    /// Does what the snapshot has asked for in this turn.
    mutating func performSnapshotSteps() {
        guard !state.snapshots.steps.isEmpty else { return }
        var steps: [SnapshotStep] = []
        swap(&steps, &state.snapshots.steps)
        for step in steps { perform(step) }
    }

    private mutating func perform(_ step: SnapshotStep) {
        switch step {
        case .open(let path, let mode, let isDirect):
            state.snapshots.fileOpening = ring.openFile(path, mode, isDirect: isDirect)
        case .write(let chunk, let tag):
            guard let file = state.snapshots.file else { return }
            // The chunk is kept by the share, and not changed, until the event.
            unsafe ring.write(
                file, chunk.bytes.unsafeBytes, at: Int64(chunk.offset), tag: tag, .passing)
        case .sync(let tag):
            guard let file = state.snapshots.file else { return }
            ring.sync(file, dataOnly: tag == SnapshotShare.tagOfSyncOnTheWay, tag: tag)
        case .allocate(let end, let folder): allocate(upTo: end, in: folder)
        case .cut(let length):
            guard let file = state.snapshots.file else { return }
            ring.cut(file, to: Int64(length))
        case .close(let file): ring.closeFile(file)
        case .openOld(let path): state.snapshots.old = ring.openFile(path, .read)
        case .registerBuffers(let encoder): register(encoder)
        case .unregisterBuffers: ring.unregisterFileBuffers()
        case .rename(let job):
            state.snapshots.namingBegan = Cycles.now()
            state.snapshots.naming = ring.renameFile(job.temporaryPath, to: job.path)
        case .openFolder(let path): state.snapshots.folder = ring.openFile(path, .read)
        case .syncFolder(let folder): ring.sync(folder, dataOnly: false, tag: 0)
        case .remove(let path):
            state.snapshots.namingBegan = Cycles.now()
            state.snapshots.naming = ring.removeFile(path)
        case .removeReplaced(let path): state.snapshots.removals[ring.removeFile(path)] = path
        }
    }

    /// Without room of its own the file grows with each write: slower, and as good.
    private mutating func allocate(upTo end: Int, in folder: String) {
        let free = (try? ring.disk.freeBytes(in: folder)) ?? 0
        if let file = state.snapshots.file, free >= SnapshotShare.freeMin {
            ring.allocate(file, upTo: Int64(end))
        } else {
            state.snapshots.share?.isAllocating = false
        }
    }

    /// The ring writes the encoder's fixed chunks without mapping their memory each time. It can do without.
    private mutating func register(_ encoder: SnapshotEncoder) {
        // Their memory stays where it is while the encoder lives, and `unregisterBuffers` has it.
        let regions = unsafe encoder.fixedChunks.map { chunk in
            unsafe UnsafeRawBufferPointer(start: chunk.bytes.baseAddress, count: chunk.bytes.capacity)
        }
        let failure = unsafe ring.registerFileBuffers(regions)
        if failure == 0 || state.snapshots.hasSaidRefusal { return }
        state.snapshots.hasSaidRefusal = true
        state.node.sink.logger(core: state.id.index).notice(
            "Snapshots are written from ordinary memory: the ring did not register it, \(DiskError(errno: failure))"
        )
    }
}

extension CoreState {
    /// Something happened to a file of the snapshot; other files' events are not for it.
    mutating func snapshotFileEvent(_ event: Event) {
        if let opening = snapshots.fileOpening, event.file == opening {
            snapshots.fileOpening = nil
            return snapshotFileOpened(opening, failure: event.failure)
        }
        if event.file == snapshots.old || event.file == snapshots.folder { return commitEvent(event) }
        if let naming = snapshots.naming, event.file == naming {
            snapshots.naming = nil
            return event.kind == .fileRemoved ? temporaryRemoved(event) : commitEvent(event)
        }
        if let path = snapshots.removals.removeValue(forKey: event.file) {
            return replacedRemoved(path, failure: event.failure)
        }
        guard let file = snapshots.file, event.file == file else { return }
        switch event.kind {
        case .fileWritten: snapshotChunkWritten(tag: event.tag, failure: event.failure)
        case .fileSynced: snapshotSynced(tag: event.tag, failure: event.failure)
        case .fileAllocated: snapshots.share?.isAllocating = false
        case .fileCut: snapshotCut(failure: event.failure)
        default: break
        }
    }
}
