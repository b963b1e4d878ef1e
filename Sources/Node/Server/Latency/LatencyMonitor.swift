/// What can be late.
enum LatencyEvent: Int, CaseIterable, Sendable {
    case command, fastCommand, expireCycle, evictionCycle, evictionDel, activeDefragCycle
    /// The shards agreeing on the instant of a snapshot: what a fork is elsewhere.
    case fork
    /// A slice of walking, encoding and handing over.
    case snapshotSlice
    case rdbUnlinkTempFile
    case aofWrite, aofWritePendingFsync, aofWriteActiveChild, aofWriteAlone, aofFsyncAlways, aofFstat,
        aofRename

    /// What LATENCY calls it.
    var name: String {
        switch self {
        case .command: "command"
        case .fastCommand: "fast-command"
        case .expireCycle: "expire-cycle"
        case .evictionCycle: "eviction-cycle"
        case .evictionDel: "eviction-del"
        case .activeDefragCycle: "active-defrag-cycle"
        case .fork: "fork"
        case .snapshotSlice: "snapshot-slice"
        case .rdbUnlinkTempFile: "rdb-unlink-temp-file"
        case .aofWrite: "aof-write"
        case .aofWritePendingFsync: "aof-write-pending-fsync"
        case .aofWriteActiveChild: "aof-write-active-child"
        case .aofWriteAlone: "aof-write-alone"
        case .aofFsyncAlways: "aof-fsync-always"
        case .aofFstat: "aof-fstat"
        case .aofRename: "aof-rename"
        }
    }

    static func named(_ name: String) -> LatencyEvent? { allCases.first { $0.name == name } }
}

/// The delays of one event: one a second, the worst of it.
struct LatencySeries: Sendable, Equatable {
    /// Seconds since 1970 and milliseconds, oldest first.
    struct Sample: Sendable, Equatable {
        var seconds: Int64
        var millis: Int64
    }

    private(set) var samples: [Sample] = []
    /// The worst since the last reset.
    private(set) var millisMax: Int64 = 0

    /// Samples kept.
    static let samplesMax = 160

    var isEmpty: Bool { samples.isEmpty }

    mutating func add(_ sample: Sample) {
        millisMax = max(millisMax, sample.millis)
        if let last = samples.last, last.seconds == sample.seconds {
            samples[samples.count - 1].millis = max(last.millis, sample.millis)
            return
        }
        samples.append(sample)
        if samples.count > Self.samplesMax { samples.removeFirst() }
    }

    /// The series of several cores as one.
    static func merge(_ series: [LatencySeries]) -> LatencySeries {
        var merged = LatencySeries()
        for sample in series.flatMap(\.samples).sorted(by: { $0.seconds < $1.seconds }) { merged.add(sample) }
        merged.millisMax = series.map(\.millisMax).max() ?? 0
        return merged
    }
}

/// The delays that one core noticed. Lives on one core; LATENCY merges the cores'.
struct LatencyMonitor: Sendable {
    private(set) var series = [LatencySeries](repeating: LatencySeries(), count: LatencyEvent.allCases.count)

    subscript(event: LatencyEvent) -> LatencySeries { series[event.rawValue] }

    mutating func add(_ event: LatencyEvent, seconds: Int64, millis: Int64) {
        series[event.rawValue].add(.init(seconds: seconds, millis: millis))
    }

    mutating func reset(_ event: LatencyEvent) { series[event.rawValue] = LatencySeries() }
}
