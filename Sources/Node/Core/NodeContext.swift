import Durability
import Glibc
import Keyspace
import Logging
import Reactor
import Synchronization

/// What all cores share. Shared: everything in it is constant after the start, atomic, or a mailbox with one
/// writer and one reader.
final class NodeContext: Sendable {
    let coreCount: Int
    let identity: NodeIdentity
    let mail: MailGrid
    let multiWrites = MultiWrites()
    let disk: any Disk
    let logFolder: LogFolder
    let logFigures = LogFigures()
    /// It is not decided yet what the node starts from: `logStart`, and what `persistence` is to load.
    let isPreparing = Atomic<Bool>(false)
    /// What is to be done about the log at the start.
    let logStart = Mutex(LogStart.off)
    /// The repetition of the log that is under way.
    let logReplay = Mutex<LogReplayJob?>(nil)
    let persistence: Persistence
    let sink: LogSink
    let logger: Logger
    /// The directives in force; touched by CONFIG and at start.
    let configuration: Mutex<SettingsStore>
    /// The port of each core; empty without `core-ports`.
    let corePorts: [UInt16]
    /// What each core shows the others.
    let cores: [CorePanel]
    /// Asked to stop: cores finish what is in flight and end.
    let isStopping = Atomic<Bool>(false)
    /// The exit code of the process, once it is stopping.
    let exitCode = Atomic<Int32>(0)
    private let clientIDs = Atomic<UInt64>(0)
    private let slowLogIDs = Atomic<UInt64>(0)
    /// Bytes that the shards used when they were new, and the most they ever used.
    let usedBytesAtStart = Atomic<Int>(0)
    let usedBytesPeak = Atomic<Int>(0)

    init(
        coreCount: Int, identity: NodeIdentity, store: SettingsStore, sink: LogSink, corePorts: [UInt16],
        disk: any Disk = SystemDisk()
    ) {
        precondition(coreCount > 0 && coreCount <= 1024, "a node has 1 to 1024 cores")
        self.coreCount = coreCount
        self.identity = identity
        persistence = Persistence(startedSeconds: identity.startedAt.rawValue / 1000)
        self.sink = sink
        self.corePorts = corePorts
        self.disk = disk
        logFolder = LogFolder(
            path: store["appenddirname"], names: LogNames(stem: store["appendfilename"]), disk: disk)
        logger = sink.logger()
        configuration = Mutex(store)
        mail = MailGrid(coreCount: coreCount)
        cores = (0..<coreCount).map { _ in CorePanel() }
    }

    /// A client id that was never given before.
    func takeClientID() -> UInt64 { clientIDs.add(1, ordering: .relaxed).newValue }

    /// An id for an entry of the slow log; the first is 0.
    func takeSlowLogID() -> UInt64 { slowLogIDs.add(1, ordering: .relaxed).oldValue }

    /// The directives in force, typed. Takes a lock and reads texts: not for the data path.
    var settings: Settings { Settings(configuration.withLock { $0 }) }

    /// Bytes used by the shards of all cores, as of their last turns.
    var usedBytes: Int { cores.reduce(0) { $0 + $1.usedBytes.load(ordering: .relaxed) } }

    /// Writes of all shards, as of their last rounds.
    var changes: UInt64 { cores.reduce(0) { $0 &+ $1.changes.load(ordering: .relaxed) } }

    /// Raises the peak to what is used now. Returns it.
    @discardableResult
    func noteUsedBytes() -> Int {
        let used = usedBytes
        return max(used, usedBytesPeak.max(used, ordering: .relaxed).newValue)
    }

    /// What core `core` shows.
    func panel(of core: CoreID) -> CorePanel { cores[core.index] }

    /// Clients of all cores, as of their last turns.
    var connections: Int { cores.reduce(0) { $0 + $1.connections.load(ordering: .relaxed) } }

    /// Whether no core of a node that stops has a client left.
    var isDrained: Bool { cores.allSatisfy { $0.isDrained.load(ordering: .acquiring) } }

    /// Bytes used by the shards of all cores but `core`, as of their last turns.
    func usedBytes(besides core: CoreID) -> Int {
        var sum = 0
        for index in 0..<coreCount where index != core.index {
            sum += cores[index].usedBytes.load(ordering: .relaxed)
        }
        return sum
    }

    /// Memory behind the shards of all cores but `core`, as of their last turns.
    func committedBytes(besides core: CoreID) -> Int {
        var sum = 0
        for index in 0..<coreCount where index != core.index {
            sum += cores[index].committedBytes.load(ordering: .relaxed)
        }
        return sum
    }
}

/// Figures that one core writes once per turn and the others read when they like. Shared; one writer.
final class CorePanel: Sendable {
    let connections = Atomic<Int>(0)
    /// Bytes that count toward `maxmemory`: the shard's, and the connections'.
    let usedBytes = Atomic<Int>(0)
    /// Memory behind the shard: what is used, what lies between, what is free but kept.
    let committedBytes = Atomic<Int>(0)
    /// Bytes of it that eviction could free.
    let evictableBytes = Atomic<Int>(0)
    /// Bytes that other cores want this one to free; the one figure here that all write.
    let evictionDebt = Atomic<Int>(0)
    let keys = Atomic<Int>(0)
    /// Rounds of bookkeeping, one a second: a sign of life.
    let rounds = Atomic<Int>(0)
    let changes = Atomic<UInt64>(0)
    /// The node stops, and this core has no client left and nothing to say.
    let isDrained = Atomic<Bool>(false)
    /// The errno value because of which its log cannot be written; 0 if it can.
    let logRefusal = Atomic<Int32>(0)
    /// A sync of its log has failed, so that only new files help.
    let needsRewrite = Atomic<Bool>(false)
}

/// Who this node is; made once at start.
struct NodeIdentity: Sendable {
    /// 40 hexadecimal digits, new at each start.
    let runID: String
    /// 40 hexadecimal digits that name the history of the data, for replicas to come.
    let replicationID: String
    /// 40 hexadecimal digits per core: the names of the endpoints in cluster replies.
    let endpointIDs: [String]
    let startedAt: UnixMillis

    /// A new identity for a node of so many cores.
    static func new(coreCount: Int) -> NodeIdentity {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return NodeIdentity(
            runID: hexadecimal(), replicationID: hexadecimal(),
            endpointIDs: (0..<coreCount).map { _ in hexadecimal() },
            startedAt: UnixMillis(rawValue: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000))
    }

    /// 40 random hexadecimal digits.
    private static func hexadecimal() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<40).map { _ in String(Int.random(in: 0..<16, using: &generator), radix: 16) }.joined()
    }
}
