/// What the engine reads: every honoured directive, typed. A plain value; each core holds its own copy and gets a
/// new one when `CONFIG SET` changes something.
public struct Settings: Sendable, Equatable {
    /// One address of `bind`.
    public struct BindAddress: Sendable, Equatable {
        /// An IP address, a host name, or `*` (IPv4) or `::*` (IPv6) for all.
        public var address: String
        /// Whether it is skipped when this machine does not have it.
        public var isOptional: Bool
    }

    /// Whom a guarded command serves.
    public enum Admission: String, Sendable {
        /// Nobody.
        case no
        /// Everybody.
        case yes
        /// Clients of this machine.
        case local
    }

    /// The least that is worth a log line.
    public enum LogLevel: String, Sendable, CaseIterable {
        /// Everything.
        case debug
        /// Much.
        case verbose
        /// What an operator wants to know.
        case notice
        /// What an operator must know.
        case warning
    }

    /// How log lines look.
    public enum LogFormat: String, Sendable {
        /// For people.
        case plain
        /// One JSON object a line.
        case json
    }

    // Network.
    /// Addresses to listen on.
    public var bind: [BindAddress]
    /// TCP port; 0: none.
    public var port: UInt16
    /// Path of the Unix socket; empty: none.
    public var unixSocket: String
    /// Its mode; 0: as the umask says.
    public var unixSocketMode: UInt32
    /// Backlog for listen(2).
    public var tcpBacklog: Int32
    /// Seconds before the first keep-alive probe; 0: none.
    public var tcpKeepaliveSeconds: Int32
    /// Seconds a client may idle; 0: for ever.
    public var clientTimeoutSeconds: Int32

    // Security.
    /// The password's bytes; empty: none needed.
    public var password: [UInt8]
    /// Whether clients from elsewhere are refused while there is no password.
    public var protectedMode: Bool
    /// Who may change dir and dbfilename.
    public var protectedConfigs: Admission
    /// Who may use DEBUG.
    public var debugCommand: Admission

    // Cores and rings.
    /// CPUs to run on, one core each; empty: all that this process may use.
    public var cpus: [Int]
    /// Whether threads are pinned.
    public var cpuPinning: Bool
    /// Whether each core has a port of its own.
    public var corePorts: Bool
    /// The first core's port (`core-port-base`, or the port after `port`).
    public var corePortBase: UInt16
    /// Submission queue entries a ring.
    public var ringEntries: UInt32
    /// Receive buffers a core.
    public var receiveBuffers: UInt32
    /// Bytes of each.
    public var receiveBufferBytes: UInt32
    /// Whether to ask for huge pages.
    public var hugePages: Bool
    /// Whether to bind memory to the core's NUMA node.
    public var numa: Bool
    /// Whether commands on several shards are atomic. False only for the test that shows what that is for.
    public var ordersMultiShardCalls: Bool
    /// Address space for each shard; 0: chosen from the machine's memory.
    public var shardReserveBytes: UInt64

    // Memory and expiry.
    /// Number of databases.
    public var databases: Int
    /// Bytes of data for the whole node; 0: no limit.
    public var maxMemoryBytes: UInt64
    /// The policy's name.
    public var maxMemoryPolicy: String
    /// Keys sampled for one eviction.
    public var maxMemorySamples: Int32
    /// 0 to 100: how long a slice of eviction may take.
    public var evictionTenacity: Int32
    /// Whether shards are compacted when too much of their pages is waste.
    public var activeDefrag: Bool
    /// Bytes of waste that are not worth it.
    public var defragIgnoredBytes: UInt64
    /// Percent of waste from which on, and at which hardest.
    public var defragPercentMin: Int32
    /// See above.
    public var defragPercentMax: Int32
    /// Percent of a core's time, least and most.
    public var defragEffortMin: Int32
    /// See above.
    public var defragEffortMax: Int32
    /// Slope of the access counter.
    public var lfuLogFactor: Int32
    /// Minutes a step of its decay.
    public var lfuDecayMinutes: Int32
    /// 1 to 10.
    public var activeExpireEffort: Int32
    /// Background rounds a second.
    public var backgroundHertz: Int32

    // Clients and limits.
    /// Connections at a time.
    public var maxClients: UInt32
    /// What may wait to be sent.
    public var outputBufferLimits: BufferLimits
    /// Bytes of an unfinished request.
    public var queryBufferLimitBytes: UInt64
    /// Longest argument.
    public var maxBulkBytes: UInt64

    // Logs and latency.
    /// The least worth a line.
    public var logLevel: LogLevel
    /// File; empty: standard output.
    public var logFile: String
    /// Look of the lines.
    public var logFormat: LogFormat
    /// From how long on a command is slow; negative: never.
    public var slowLogMicroseconds: Int64
    /// Entries kept.
    public var slowLogEntriesMax: Int64
    /// From how long on a delay is recorded; 0: never.
    public var latencyMonitorMilliseconds: Int64
    /// Whether commands are timed.
    public var latencyTracking: Bool
    /// What INFO latencystats shows.
    public var latencyPercentiles: [Double]

    /// The append-only file.
    public var log: Log

    // Process.
    /// Working folder.
    public var folder: String
    /// A snapshot is due after so many seconds with so many changes.
    public struct SavePoint: Sendable, Equatable {
        /// More than so many.
        public var seconds: Int64
        /// At least so many.
        public var changes: UInt64
    }
    /// When snapshots are due; none: never by themselves.
    public var savePoints: [SavePoint]
    /// Whether writes are refused after a failed snapshot.
    public var stopsWritesAfterFailedSave: Bool
    /// The snapshot's file.
    public var snapshotFile: String
    /// Whether its strings are compressed.
    public var snapshotCompresses: Bool
    /// Whether it ends with a checksum.
    public var snapshotSums: Bool
    /// Whether it is forced to the disk piece by piece.
    public var snapshotSyncsOnTheWay: Bool
    /// From so many bytes of data on it is written past the page cache.
    public var snapshotDirectBytesMin: Int
    /// Microseconds to wait for each key: tests want snapshots that take their time.
    public var keySaveDelayMicros: Int32
    /// Seconds for replies still on their way at a shutdown.
    public var shutdownSeconds: Int32
    /// Address told to cluster clients; empty: the one they came by.
    public var announcedAddress: String

    /// The defaults.
    public init() { self.init(SettingsStore()) }
}
