/// From texts to types. The one place that knows which directive fills which field.
extension Settings {
    /// What the store says. Every text in a store was checked when it came in.
    public init(_ store: SettingsStore) {
        bind = store["bind"].split(separator: " ").map {
            $0.first == "-"
                ? BindAddress(address: String($0.dropFirst()), isOptional: true)
                : BindAddress(address: String($0), isOptional: false)
        }
        port = store.integer("port")
        unixSocket = store["unixsocket"]
        unixSocketMode = UInt32(store["unixsocketperm"], radix: 8) ?? 0
        tcpBacklog = store.integer("tcp-backlog")
        tcpKeepaliveSeconds = store.integer("tcp-keepalive")
        clientTimeoutSeconds = store.integer("timeout")

        password = Array(store["requirepass"].utf8)
        protectedMode = store.flag("protected-mode")
        protectedConfigs = Admission(rawValue: store["enable-protected-configs"]) ?? .no
        debugCommand = Admission(rawValue: store["enable-debug-command"]) ?? .no

        cpus = CPUList.parse(store["cpus"]) ?? []
        cpuPinning = store.flag("cpu-pinning")
        corePorts = store.flag("core-ports")
        let corePort: UInt16 = store.integer("core-port-base")
        corePortBase = corePort != 0 ? corePort : port &+ 1
        ringEntries = store.integer("ring-entries")
        receiveBuffers = store.integer("receive-buffers")
        receiveBufferBytes = store.integer("receive-buffer-size")
        hugePages = store.flag("huge-pages")
        numa = store.flag("numa")
        ordersMultiShardCalls = !store.flag("unsafe-unordered-multishard")
        shardReserveBytes = store.integer("shard-reserve")

        databases = store.integer("databases")
        maxMemoryBytes = store.integer("maxmemory")
        maxMemoryPolicy = store["maxmemory-policy"]
        maxMemorySamples = store.integer("maxmemory-samples")
        evictionTenacity = store.integer("maxmemory-eviction-tenacity")
        activeDefrag = store.flag("activedefrag")
        defragIgnoredBytes = store.integer("active-defrag-ignore-bytes")
        defragPercentMin = store.integer("active-defrag-threshold-lower")
        defragPercentMax = store.integer("active-defrag-threshold-upper")
        defragEffortMin = store.integer("active-defrag-cycle-min")
        defragEffortMax = store.integer("active-defrag-cycle-max")
        lfuLogFactor = store.integer("lfu-log-factor")
        lfuDecayMinutes = store.integer("lfu-decay-time")
        activeExpireEffort = store.integer("active-expire-effort")
        backgroundHertz = store.integer("hz")

        maxClients = store.integer("maxclients")
        // A store holds only limits that were read once already.
        outputBufferLimits =
            (try? BufferLimits(store["client-output-buffer-limit"])) ?? BufferLimits.none
        queryBufferLimitBytes = store.integer("client-query-buffer-limit")
        maxBulkBytes = store.integer("proto-max-bulk-len")

        logLevel = LogLevel(rawValue: store["loglevel"]) ?? .notice
        logFile = store["logfile"]
        logFormat = LogFormat(rawValue: store["log-format"]) ?? .plain
        slowLogMicroseconds = store.integer("slowlog-log-slower-than")
        slowLogEntriesMax = store.integer("slowlog-max-len")
        latencyMonitorMilliseconds = store.integer("latency-monitor-threshold")
        latencyTracking = store.flag("latency-tracking")
        latencyPercentiles = store["latency-tracking-info-percentiles"].split(separator: " ").compactMap {
            Double($0)
        }

        log = Log(store)
        folder = store["dir"]
        let numbers = store["save"].split(separator: " ").compactMap { Int64($0) }
        savePoints = stride(from: 0, to: numbers.count - 1, by: 2).map {
            SavePoint(seconds: numbers[$0], changes: UInt64(max(0, numbers[$0 + 1])))
        }
        stopsWritesAfterFailedSave = store.flag("stop-writes-on-bgsave-error")
        snapshotFile = store["dbfilename"]
        snapshotCompresses = store.flag("rdbcompression")
        snapshotSums = store.flag("rdbchecksum")
        snapshotSyncsOnTheWay = store.flag("rdb-save-incremental-fsync")
        snapshotDirectBytesMin = store.integer("rdb-direct-min-size")
        keySaveDelayMicros = store.integer("rdb-key-save-delay")
        shutdownSeconds = store.integer("shutdown-timeout")
        announcedAddress = store["cluster-announce-ip"]
    }
}
