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
        case .commit(let job):
            do throws(DiskError) {
                let disk = ring.disk
                try disk.rename(job.temporaryPath, to: job.path)
                if let rewrite = job.rewrite {
                    try disk.syncFolder(state.node.logFolder.path)
                    try state.finishRewrite(rewrite)
                } else {
                    try disk.syncFolder(".")
                }
                state.committed(job, failure: nil)
            } catch {
                state.committed(job, failure: "the file cannot get its name: \(error)")
            }
        case .remove(let path): try? ring.disk.remove(path)
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
        guard let file = snapshots.file, event.file == file else { return }
        switch event.kind {
        case .fileWritten: snapshotChunkWritten(tag: event.tag, failure: event.failure)
        case .fileSynced: snapshotSynced(tag: event.tag, failure: event.failure)
        default: break
        }
    }
}
