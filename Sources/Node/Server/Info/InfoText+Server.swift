extension InfoText {
    mutating func writeServer() {
        let facts = report.facts
        // What clients look at: some switch features on from 7.4 on. Ours stands in `# Coronet`.
        field("redis_version", Compatibility.version)
        field("redis_git_sha1", "00000000")
        field("redis_git_dirty", 0)
        field("redis_build_id", "0000000000000000")
        field("redis_mode", report.settings.corePorts ? "cluster" : "standalone")
        field("os", facts.system)
        field("arch_bits", Int.bitWidth)
        field("monotonic_clock", "POSIX clock_gettime")
        field("multiplexing_api", "io_uring")
        field("atomicvar_api", "swift-synchronization")
        field("gcc_version", "0.0.0")
        field("process_id", facts.processID)
        field("process_supervised", "no")
        field("run_id", facts.runID)
        field("tcp_port", report.settings.port)
        field("server_time_usec", facts.nowMicros)
        field("uptime_in_seconds", report.uptimeSeconds)
        field("uptime_in_days", report.uptimeSeconds / 86_400)
        field("hz", report.settings.backgroundHertz)
        field("configured_hz", report.settings.backgroundHertz)
        // The clock of access times: 24 bits of seconds.
        field("lru_clock", facts.nowMicros / 1_000_000 & 0xFF_FFFF)
        field("executable", facts.executable)
        field("config_file", facts.configFile)
        field("io_threads_active", 0)
    }

    mutating func writePersistence() {
        zeros(
            "loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age")
        field("current_fork_perc", "0.00")
        zeros("current_save_keys_processed", "current_save_keys_total")
        field("rdb_changes_since_last_save", report.sum(\.changes))
        field("rdb_bgsave_in_progress", 0)
        field("rdb_last_save_time", report.facts.startedAt.rawValue / 1000)
        field("rdb_last_bgsave_status", "ok")
        field("rdb_last_bgsave_time_sec", -1)
        field("rdb_current_bgsave_time_sec", -1)
        zeros(
            "rdb_saves", "rdb_last_cow_size", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded",
            "aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled")
        field("aof_last_rewrite_time_sec", -1)
        field("aof_current_rewrite_time_sec", -1)
        field("aof_last_bgrewrite_status", "ok")
        zeros("aof_rewrites", "aof_rewrites_consecutive_failures")
        field("aof_last_write_status", "ok")
        zeros("aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size")
    }
}
