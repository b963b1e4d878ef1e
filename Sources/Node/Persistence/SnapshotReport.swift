import Logging
import Reactor

// What the log says about a snapshot, or the base of a log, on its way and at its end.

/// A job that went well, in one line: `dump.rdb: 1000000 keys, 1093.2 MB in 4.210 s (259.7 MB/s), 5.1 MB of memory held`.
struct SnapshotSummary: CustomStringConvertible {
    let path: String
    let keys: Int
    let bytes: Int
    let bytesHeld: Int
    let nanoseconds: UInt64

    init(_ job: SnapshotJob, until now: Instant) {
        path = job.path
        keys = job.keys
        bytes = job.offset.load(ordering: .relaxed)
        bytesHeld = job.bytesHeld.load(ordering: .relaxed)
        nanoseconds = now.nanoseconds(since: job.startedAt)
    }

    var description: String {
        let seconds = Double(max(1, nanoseconds)) / 1e9
        let megabytes = Double(bytes) / 1e6
        return
            "\(path): \(keys) keys, \(FixedText.decimals(megabytes, 1)) MB in \(FixedText.decimals(seconds, 3)) s "
            + "(\(FixedText.decimals(megabytes / seconds, 1)) MB/s), "
            + "\(FixedText.decimals(Double(bytesHeld) / 1e6, 1)) MB of memory held"
    }
}

extension CoreState {
    /// Once a second, on the first core: how far a job is that takes long.
    mutating func logSaving() {
        guard let job = snapshots.director.job else { return }
        let seconds = Int64(instant.nanoseconds(since: job.startedAt) / 1_000_000_000)
        guard seconds >= snapshots.director.nextReport else { return }
        snapshots.director.nextReport = seconds + SnapshotDirector.reportSeconds
        let done = node.persistence.keysDone.load(ordering: .relaxed)
        let total = node.persistence.keysTotal.load(ordering: .relaxed)
        guard total > 0 else { return }
        let left = done == 0 ? 0 : seconds * Int64(max(0, total - done)) / Int64(done)
        let percent = FixedText.decimals(Double(min(done, total)) / Double(total) * 100, 1)
        let megabytes = FixedText.decimals(Double(job.offset.load(ordering: .relaxed)) / 1e6, 1)
        node.sink.logger(core: id.index).notice(
            "Saving \(job.path): \(percent) % of \(total) keys, \(megabytes) MB, \(left) s to go")
    }
}
