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
}
