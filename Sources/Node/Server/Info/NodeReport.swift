import Keyspace
import Reactor

/// All that INFO shows: what the cores said, and what belongs to the whole process. A plain value, so that the text is
/// a pure function of it.
struct NodeReport: Sendable {
    /// What belongs to the process, as found when the question was asked.
    struct Facts: Sendable {
        var nowMicros: Int64 = 0
        var startedAt = UnixMillis(rawValue: 0)
        var runID = ""
        var replicationID = ""
        var processID: Int32 = 0
        var system = ""
        var executable = ""
        var configFile = ""
        var corePorts: [UInt16] = []
        var residentBytes = 0
        var machineBytes = 0
        var usedBytesPeak = 0
        var usedBytesAtStart = 0
        var processTime = ProcessReport.CPUTime()
        var childrenTime = ProcessReport.CPUTime()
        /// It is not decided yet what the node starts from.
        var isPreparing = false
        var persistence = PersistenceFigures()
        var log = LogFacts()
    }

    var cores: [CoreReport]
    var settings: Settings
    var facts: Facts

    /// The sum over all cores.
    func sum<Number: AdditiveArithmetic>(_ path: KeyPath<CoreReport, Number>) -> Number {
        cores.reduce(.zero) { $0 + $1[keyPath: path] }
    }

    func largest(_ path: KeyPath<CoreReport, Int>) -> Int { cores.map { $0[keyPath: path] }.max() ?? 0 }

    /// `used_memory`: everything in the shards, and the connections with their buffers. Not in it: the program, the
    /// rings and their receive buffers, which do not grow with the data (they are in `used_memory_rss`).
    var usedBytes: Int { sum(\.usedBytes) + sum(\.clientBytes) }

    /// Pages with something in them: `used_memory` and the waste between blocks.
    var activeBytes: Int { sum(\.heldBytes) + sum(\.clientBytes) }

    /// Those, the free pages that the shards keep for reuse, and what the shards keep about their pages.
    var keptBytes: Int { activeBytes + sum(\.spareBytes) + sum(\.bookkeepingBytes) }

    /// What nobody has stored: empty tables, and connections with their buffers.
    var overheadBytes: Int { facts.usedBytesAtStart + sum(\.clientBytes) }

    var uptimeSeconds: Int64 { max(0, facts.nowMicros / 1000 - facts.startedAt.rawValue) / 1000 }

    /// One row per command over all cores.
    var commands: [CommandStatistic] {
        var rows = [CommandStatistic](repeating: CommandStatistic(), count: StatIndex.count)
        for core in cores {
            for (index, row) in core.commands.enumerated() { rows[index].add(row) }
        }
        return rows
    }

    var latencies: [LatencyHistogram] {
        var rows = [LatencyHistogram](repeating: LatencyHistogram(), count: StatIndex.count)
        for core in cores {
            for (index, row) in core.latencies.enumerated() { rows[index].add(row) }
        }
        return rows
    }

    var errors: [(code: String, count: UInt64)] {
        var sums: [String: UInt64] = [:]
        for core in cores { sums.merge(core.errors, uniquingKeysWith: +) }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The databases that hold keys.
    var databases: [(number: Int, keys: Int, expiring: Int, averageMillisLeft: Int64)] {
        (0..<(cores.first?.databases.count ?? 0)).compactMap { number in
            let shares = cores.map { $0.databases[number] }
            let keys = shares.reduce(0) { $0 + $1.keys }
            let expiring = shares.reduce(0) { $0 + $1.expiring }
            let millis = shares.reduce(Int64(0)) { $0 &+ $1.millisLeft }
            return keys == 0 ? nil : (number, keys, expiring, expiring == 0 ? 0 : millis / Int64(expiring))
        }
    }
}

extension CommandStatistic {
    mutating func add(_ other: CommandStatistic) {
        calls += other.calls
        cycles += other.cycles
        rejected += other.rejected
        failed += other.failed
    }
}
