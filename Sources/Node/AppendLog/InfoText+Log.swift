import Durability

/// What INFO says about the append-only file, as found when the question was asked.
struct LogFacts: Sendable {
    var isReplaying = false
    var isRewriting = false
    var isScheduled = false
    var lastRewriteSeconds: Int64 = -1
    var rewritingSeconds: Int64 = -1
    var failures = 0
    var lastBytesHeld = 0
    var rewrites = 0
    var bytes = 0
    var baseBytes = 0
    var commitMethod = CommitMethod.sync
}

extension LogFacts {
    init(_ figures: LogFigures, nowSeconds: Int64) {
        isReplaying = figures.isReplaying.load(ordering: .relaxed)
        let started = figures.startedSeconds.load(ordering: .relaxed)
        isRewriting = started >= 0
        rewritingSeconds = isRewriting ? max(0, nowSeconds - started) : -1
        isScheduled = figures.isScheduled.load(ordering: .relaxed)
        lastRewriteSeconds = figures.lastDurationSeconds.load(ordering: .relaxed)
        failures = figures.failures.load(ordering: .relaxed)
        lastBytesHeld = figures.lastBytesHeld.load(ordering: .relaxed)
        rewrites = figures.rewrites.load(ordering: .relaxed)
        bytes = figures.bytes.load(ordering: .relaxed)
        baseBytes = figures.baseBytes.load(ordering: .relaxed)
        commitMethod = figures.commitsByWrite.load(ordering: .relaxed) ? .write : .sync
    }
}

/// One core's end of the log.
struct CoreLogReport: Sendable {
    var isOn = false
    var refusal: Int32 = 0
    /// Bytes that the kernel has not taken.
    var pendingBytes = 0
    /// Bytes of its file.
    var fileBytes = 0
    var isSyncing = false
    var delayedSyncs: UInt64 = 0
}

extension CoreState {
    /// What this core's log is up to.
    var logReport: CoreLogReport {
        CoreLogReport(
            isOn: log.isOn, refusal: log.stream.refusal, pendingBytes: Int(logEnd &- log.base),
            fileBytes: Int(log.offset), isSyncing: log.stream.isSyncing,
            delayedSyncs: log.stream.delayedSyncs)
    }
}

extension InfoText {
    /// Redis's fields; what is copied on write elsewhere is what a rewrite holds beside the data here.
    mutating func writeLog() {
        let facts = report.facts.log
        let isOn = report.cores.contains { $0.log.isOn }
        field("aof_enabled", isOn ? 1 : 0)
        field("aof_rewrite_in_progress", facts.isRewriting ? 1 : 0)
        field("aof_rewrite_scheduled", facts.isScheduled ? 1 : 0)
        field("aof_last_rewrite_time_sec", facts.lastRewriteSeconds)
        field("aof_current_rewrite_time_sec", facts.rewritingSeconds)
        field("aof_last_bgrewrite_status", facts.failures > 0 ? "err" : "ok")
        field("aof_rewrites", facts.rewrites)
        field("aof_rewrites_consecutive_failures", facts.failures)
        field("aof_last_write_status", report.cores.contains { $0.log.refusal != 0 } ? "err" : "ok")
        field("aof_last_cow_size", facts.lastBytesHeld)
        zeros("module_fork_in_progress", "module_fork_last_cow_size")
        guard isOn else { return }
        field("aof_current_size", facts.bytes)
        field("aof_base_size", facts.baseBytes)
        field("aof_pending_rewrite", facts.isScheduled ? 1 : 0)
        field("aof_buffer_length", report.cores.reduce(0) { $0 + $1.log.pendingBytes })
        field("aof_pending_bio_fsync", report.cores.count { $0.log.isSyncing })
        field("aof_delayed_fsync", report.cores.reduce(0) { $0 + $1.log.delayedSyncs })
    }
}
