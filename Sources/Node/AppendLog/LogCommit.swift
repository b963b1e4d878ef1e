import Durability
import Logging
import Reactor

// How commits are made: said by a directive, or found out in the log's own folder before the log begins.
extension LogFolder {
    /// Times commits of both ways in a file that is removed again. Blocks for `CommitProbe.budgetNanos` and one commit.
    func probeCommit() throws(DiskError) -> CommitProbe {
        try disk.makeFolder(path)
        let file = path(of: names.temporaryProbe)
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: CommitProbe.commitBytes)
        var probe = CommitProbe()
        var offset = 0
        let began = WallClock.monotonic
        while let method = probe.next(spent: WallClock.monotonic.nanoseconds(since: began)) {
            let start = WallClock.monotonic
            try disk.commit(file, bytes, at: offset, durable: method == .write)
            probe.add(method, nanos: WallClock.monotonic.nanoseconds(since: start))
            offset += bytes.count
        }
        return probe
    }
}

extension NodeContext {
    /// Settles how the log commits, once in the life of the node, and says so. Before the log begins: at the start, or when
    /// it is switched on.
    func settleCommitMethod(_ log: Settings.Log, _ logger: Logger) {
        guard
            logFigures.commitIsSettled.compareExchange(
                expected: false, desired: true, ordering: .relaxed
            ).exchanged
        else { return }
        if let method = log.commitMethod {
            logFigures.commitsByWrite.store(method == .write, ordering: .relaxed)
            return logger.notice("append-only file: commits by \(method.rawValue), as aof-commit-method says")
        }
        do throws(DiskError) {
            let probe = try logFolder.probeCommit()
            logFigures.commitsByWrite.store(probe.choice == .write, ordering: .relaxed)
            let (sync, write) = (probe.nanos(.sync) / 1000, probe.nanos(.write) / 1000)
            logger.notice(
                "append-only file: commits by \(probe.choice.rawValue): here a write and fdatasync take \(sync) µs, a write with O_DSYNC \(write) µs"
            )
        } catch {
            logger.warning(
                "append-only file: commits by fdatasync: O_DSYNC could not be tried in \(logFolder.path): \(error)"
            )
        }
        logFolder.remove([logFolder.names.temporaryProbe], logger)
    }
}
