/// What INFO says about snapshots and loading, as found when the question was asked.
struct PersistenceFigures: Sendable {
    var load: LoadFigures?
    var changesSaved: UInt64 = 0
    var isSavingInBackground = false
    var savingSeconds: Int64 = -1
    var lastSaveSeconds: Int64 = 0
    var hasFailed = false
    var lastDurationSeconds: Int64 = -1
    var saves = 0
    var keysDone = 0
    var keysTotal = 0
    var lastBytesHeld = 0
    var keysLoaded = 0
    var keysExpired = 0
}

extension PersistenceFigures {
    init(_ persistence: Persistence, nowSeconds: Int64) {
        load = persistence.load.withLock { $0 }.map { LoadFigures($0, nowSeconds: nowSeconds) }
        changesSaved = persistence.changesSaved.load(ordering: .relaxed)
        let started = persistence.startedSeconds.load(ordering: .relaxed)
        isSavingInBackground = started >= 0 && persistence.isInBackground.load(ordering: .relaxed)
        savingSeconds = isSavingInBackground ? nowSeconds - started : -1
        lastSaveSeconds = persistence.lastSaveSeconds.load(ordering: .relaxed)
        hasFailed = persistence.hasFailed.load(ordering: .relaxed)
        lastDurationSeconds = persistence.lastDurationSeconds.load(ordering: .relaxed)
        saves = persistence.saves.load(ordering: .relaxed)
        keysDone = persistence.keysDone.load(ordering: .relaxed)
        keysTotal = persistence.keysTotal.load(ordering: .relaxed)
        lastBytesHeld = persistence.lastBytesHeld.load(ordering: .relaxed)
        keysLoaded = persistence.keysLoaded.load(ordering: .relaxed)
        keysExpired = persistence.keysExpired.load(ordering: .relaxed)
    }
}

extension InfoText {
    /// The fields about copying on write show what a snapshot holds beside the data: chunks that are not written yet.
    mutating func writePersistence() {
        let figures = report.facts.persistence
        let isLoading = report.facts.isPreparing || figures.load != nil || report.facts.log.isReplaying
        field("loading", isLoading ? 1 : 0)
        field("async_loading", 0)
        field("current_cow_peak", report.sum(\.snapshotBytesPeak))
        field("current_cow_size", report.sum(\.snapshotBytes))
        field("current_cow_size_age", 0)
        let share = figures.keysTotal == 0 ? 0 : Double(figures.keysDone) / Double(figures.keysTotal) * 100
        field("current_fork_perc", FixedText.decimals(share, 2))
        field("current_save_keys_processed", figures.keysDone)
        field("current_save_keys_total", figures.keysTotal)
        field("rdb_changes_since_last_save", report.sum(\.changes) &- figures.changesSaved)
        field("rdb_bgsave_in_progress", figures.isSavingInBackground ? 1 : 0)
        field("rdb_last_save_time", figures.lastSaveSeconds)
        field("rdb_last_bgsave_status", figures.hasFailed ? "err" : "ok")
        field("rdb_last_bgsave_time_sec", figures.lastDurationSeconds)
        field("rdb_current_bgsave_time_sec", figures.savingSeconds)
        field("rdb_saves", figures.saves)
        field("rdb_last_cow_size", figures.lastBytesHeld)
        field("rdb_last_load_keys_expired", figures.keysExpired)
        field("rdb_last_load_keys_loaded", figures.keysLoaded)
        writeLog()
        if let load = figures.load { writeLoading(load) }
    }

    private mutating func writeLoading(_ load: LoadFigures) {
        field("loading_start_time", load.startedSeconds)
        field("loading_total_bytes", load.bytesTotal)
        field("loading_rdb_used_mem", load.usedMemory)
        field("loading_loaded_bytes", load.bytesLoaded)
        field("loading_loaded_perc", FixedText.decimals(load.percent, 2))
        field("loading_eta_seconds", load.secondsLeft)
    }
}
