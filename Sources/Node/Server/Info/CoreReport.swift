import Commands
import Keyspace
import Reactor
import Wire

/// What one core tells those who ask about the whole node (INFO, MEMORY STATS): a plain value, so that it can travel
/// and be added up.
struct CoreReport: Sendable {
    /// One database's share on this core.
    struct Database: Sendable {
        var keys = 0
        var expiring = 0
        /// The sum of the milliseconds that its expiring keys have left.
        var millisLeft: Int64 = 0
    }

    var core = 0
    var clients = 0
    /// Bytes of the table of connections and of their buffers.
    var clientBytes = 0
    var monitors = 0
    /// The largest buffers that a connection holds now.
    var inputBufferMax = 0
    var outputBufferMax = 0

    /// Bytes of keys, values, tables and timers: what `maxmemory` counts.
    var usedBytes = 0
    var committedBytes = 0
    /// Pages with blocks in them.
    var heldBytes = 0
    var compaction = CompactionCounts()
    /// Percent of the core's time that compaction takes now; milliseconds it has taken, and takes so far.
    var compactionEffort = 0
    var compactionMillis: UInt64 = 0
    var compactionMillisNow: UInt64 = 0
    var spareBytes: Int { committedBytes - heldBytes }
    var bookkeepingBytes = 0
    var databases: [Database] = []
    var changes: UInt64 = 0
    var hits: UInt64 = 0
    var misses: UInt64 = 0
    var expired: UInt64 = 0
    var evicted: UInt64 = 0
    /// Milliseconds above `maxmemory`: in all, and without end so far.
    var exceededMillis: UInt64 = 0
    var exceededMillisNow: UInt64 = 0
    /// What the snapshot under way holds.
    var snapshotBytes = 0
    var snapshotBytesPeak = 0

    var log = CoreLogReport()

    var counters = CoreCounters()
    var rates: (commands: Double, input: Double, output: Double) = (0, 0, 0)
    var commands: [CommandStatistic] = []
    /// Empty unless asked for: they are large.
    var latencies: [LatencyHistogram] = []
    var errors: [String: UInt64] = [:]

    var processorTime = ProcessReport.CPUTime()
    var ring = RingCounters()
    /// What the kernel grants, in words.
    var ringFeatures = ""
}

/// A core's counters by themselves.
struct CoreCounters: Sendable {
    var connectionsAccepted: UInt64 = 0
    var connectionsRejected: UInt64 = 0
    var commands: UInt64 = 0
    var bytesReceived: UInt64 = 0
    var bytesSent: UInt64 = 0
    var receives: UInt64 = 0
    var sends: UInt64 = 0
    var errorReplies: UInt64 = 0
    var protocolErrors: UInt64 = 0
    var acceptsFailed: UInt64 = 0
    var wakeUps: UInt64 = 0
    var wakesSent: UInt64 = 0
    var queryBufferLimitDisconnections: UInt64 = 0
    var outputLimitDisconnections: UInt64 = 0
    var hops: UInt64 = 0
    var hopsServed: UInt64 = 0
    var hopBatchesServed: UInt64 = 0
    var multiShardCalls: UInt64 = 0
    var gatheringsRepeated: UInt64 = 0
    var requestsDelayedByCalls: UInt64 = 0
    var expireCycles: UInt64 = 0
    var evictionCycles: UInt64 = 0
}

extension CoreCounters {
    init(_ statistics: borrowing CoreStatistics) {
        connectionsAccepted = statistics.connectionsAccepted
        connectionsRejected = statistics.connectionsRejected
        commands = statistics.commands
        bytesReceived = statistics.bytesReceived
        bytesSent = statistics.bytesSent
        receives = statistics.receives
        sends = statistics.sends
        errorReplies = statistics.errorReplies
        protocolErrors = statistics.protocolErrors
        acceptsFailed = statistics.acceptsFailed
        wakeUps = statistics.wakeUps
        wakesSent = statistics.wakesSent
        queryBufferLimitDisconnections = statistics.queryBufferLimitDisconnections
        outputLimitDisconnections = statistics.outputLimitDisconnections
        hops = statistics.hops
        hopsServed = statistics.hopsServed
        hopBatchesServed = statistics.hopBatchesServed
        multiShardCalls = statistics.multiShardCalls
        gatheringsRepeated = statistics.gatheringsRepeated
        requestsDelayedByCalls = statistics.requestsDelayedByCalls
        expireCycles = statistics.expireCycles
        evictionCycles = statistics.evictionCycles
    }
}

extension CoreState {
    /// What this core has to say. Looks at every connection, so it costs what there are of them.
    mutating func report(withLatencies: Bool = false) -> CoreReport {
        var report = CoreReport()
        countClientBytes()
        report.core = id.index
        addClients(to: &report)
        addShard(to: &report)
        report.counters = CoreCounters(statistics)
        report.log = logReport
        report.rates = statistics.rates.perSecond
        report.commands = (0..<StatIndex.count).map { statistics.byCommand[$0] }
        if withLatencies { report.latencies = (0..<StatIndex.count).map { statistics.latencies[$0] } }
        report.errors = statistics.errorsByCode
        report.processorTime = ProcessReport.threadTime
        report.ring = diagnostics.ring
        report.ringFeatures = diagnostics.ringFeatures?.description ?? "simulated"
        return report
    }

    private func addClients(to report: inout CoreReport) {
        report.clients = connectionCount
        report.clientBytes = eviction.clientBytes
        for slot in 0..<connections.count where connections[slot].flags.contains(.open) {
            report.inputBufferMax = max(report.inputBufferMax, connections[slot].inputCapacity)
            report.outputBufferMax = max(report.outputBufferMax, connections[slot].outputCapacity)
            if connections[slot].flags.contains(.monitor) { report.monitors += 1 }
        }
    }

    private func addCompaction(to report: inout CoreReport) {
        report.compaction = shard.compactionCounts
        report.compactionEffort = compaction.effort
        if compaction.effort > 0 {
            report.compactionMillisNow =
                (instant.nanoseconds &- compaction.beganAt.nanoseconds) / 1_000_000
        }
        report.compactionMillis = compaction.nanos / 1_000_000 + report.compactionMillisNow
    }

    private func addShard(to report: inout CoreReport) {
        report.usedBytes = shard.usedBytes
        report.committedBytes = shard.committedBytes
        report.heldBytes = shard.heldBytes
        addCompaction(to: &report)
        report.bookkeepingBytes = shard.bookkeepingBytes
        for number in 0..<tuning.databases {
            let index = DatabaseIndex(rawValue: UInt8(number))
            let expiring = shard.expiringCount(in: index)
            report.databases.append(
                CoreReport.Database(
                    keys: shard.count(in: index), expiring: expiring,
                    millisLeft: shard.averageTTL(in: index, at: now) &* Int64(expiring)))
        }
        report.changes = shard.changes
        report.snapshotBytes = snapshotBytesHeld
        report.snapshotBytesPeak = snapshotBytesPeak
        report.hits = shard.hits &- statistics.shardAtReset.hits
        report.misses = shard.misses &- statistics.shardAtReset.misses
        report.expired = shard.expired &- statistics.shardAtReset.expired
        report.evicted = shard.evicted &- statistics.shardAtReset.evicted
        report.exceededMillis = eviction.exceededMillis(at: instant)
        report.exceededMillisNow = eviction.exceededMillisNow(at: instant)
    }
}
