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
        case .open(let path, let mode):
            state.snapshots.fileOpening = ring.openFile(path, mode)
        case .write(let chunk, let tag):
            guard let file = state.snapshots.file else { return }
            // The chunk is kept by the share, and not changed, until the event.
            unsafe ring.write(
                file, chunk.bytes.unsafeBytes, at: Int64(chunk.offset), tag: tag, durable: false)
        case .sync(let tag):
            guard let file = state.snapshots.file else { return }
            ring.sync(file, dataOnly: tag == SnapshotShare.tagOfSyncOnTheWay, tag: tag)
        case .close(let file): ring.closeFile(file)
        case .openOld(let path): state.snapshots.old = ring.openFile(path, .read)
        case .rename(let job):
            let mark = Cycles.now()
            do throws(DiskError) {
                try ring.disk.rename(job.temporaryPath, to: job.path)
                if job.rewrite != nil { state.noteLatency(Cycles.now() &- mark, of: .aofRename) }
                state.snapshots.steps.append(.openFolder(path: job.folder))
            } catch {
                state.committed(failure: "the file cannot get its name: \(error)")
            }
        case .openFolder(let path): state.snapshots.folder = ring.openFile(path, .read)
        case .syncFolder(let folder): ring.sync(folder, dataOnly: false, tag: 0)
        case .remove(let path): removeTemporary(path)
        }
    }

    /// A file that came to nothing goes. Where it stays it is in nobody's way, but takes room on the disk.
    private func removeTemporary(_ path: String) {
        do throws(DiskError) {
            try ring.disk.remove(path)
        } catch  where error.errno != ENOENT {
            state.node.sink.logger(core: state.id.index).warning("\(path) could not be removed: \(error)")
        } catch {
            // It was never made.
        }
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
        guard let file = snapshots.file, event.file == file else { return }
        switch event.kind {
        case .fileWritten: snapshotChunkWritten(tag: event.tag, failure: event.failure)
        case .fileSynced: snapshotSynced(tag: event.tag, failure: event.failure)
        default: break
        }
    }
}
