import Durability
import Reactor

// How long the log's steps take, for LATENCY, under Redis's names. There is no `aof-rewrite-diff-write`: as in Redis 7,
// what comes during a rewrite goes to the next increment at once.
//
// A step in this call is timed by itself; one through the ring from its begin to its end, as long as replies may have
// waited for it.
extension CoreState {
    /// A step of the log took so many nanoseconds.
    private mutating func noteLogLatency(_ nanos: UInt64, of event: LatencyEvent) {
        guard tuning.latencyCycles != .max else { return }
        noteLatency(Cycles.ticks(micros: Int64(clamping: nanos / 1000)), of: event)
    }

    /// What a write that begins now is noted as, besides `aof-write`.
    var logWriteEvent: LatencyEvent {
        if log.stream.isSyncing { return .aofWritePendingFsync }
        return snapshots.share == nil ? .aofWriteAlone : .aofWriteActiveChild
    }

    /// A write has ended, well or badly.
    mutating func noteLogWrite(from began: Instant, to ended: Instant, as event: LatencyEvent) {
        let nanos = ended.nanoseconds(since: began)
        noteLogLatency(nanos, of: .aofWrite)
        noteLogLatency(nanos, of: event)
    }

    /// A commit, or the sync that ends one, is over. With `everysec` nobody waits for it, so that it is no latency.
    mutating func noteLogSync(from began: Instant) {
        guard log.stream.policy == .always else { return }
        noteLogLatency(instant.nanoseconds(since: began), of: .aofFsyncAlways)
    }

    /// Bytes of the log's files, asked of the disk.
    mutating func measureLog() -> Int {
        let mark = Cycles.now()
        let bytes = node.logFolder.bytes
        noteLatency(Cycles.now() &- mark, of: .aofFstat)
        return bytes
    }
}
