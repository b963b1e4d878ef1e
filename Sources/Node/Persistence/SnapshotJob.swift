import Durability
import Reactor
import Synchronization

/// One snapshot file in the making. Shared by all cores: each encodes its own shard and writes its chunks into the one
/// file, at places taken from one counter.
///
///     first core          every core
///     open the file
///     ── one ordered step ──▶ begin the shard's snapshot: this is the instant
///     write the header        walk, encode, write chunks; writes hand out what they change first
///          ◀── ended ──────── nothing left, all written
///     write the end, sync, rename, sync the folder
final class SnapshotJob: Sendable {
    /// Where it is written.
    let temporaryPath: String
    /// Its folder as it was when the job began: `dir` may change meanwhile.
    let folder: String
    /// What it is called when it is whole.
    let path: String
    let options: SnapshotOptions
    let isSummed: Bool
    /// Whether it is written past the page cache. For a large one that saves copying it all once more, and the worker
    /// threads that the kernel needs for buffered writes; the price is some padding, and a disk that is waited for.
    let isDirect: Bool
    /// Whether to force what has been written to the disk on the way, so that the end does not have it all to do.
    let syncsOnTheWay: Bool
    let isInBackground: Bool
    /// The rewrite of the log that this is the base of.
    let rewrite: LogRewrite?
    /// Microseconds to wait for each key: for tests that want a snapshot to take its time.
    let delayMicros: UInt64
    let startedAt: Instant

    /// Where the next chunk goes. 0 until the header has its place: no chunk is written before.
    let offset = Atomic<Int>(0)
    /// Writes of all shards at the instant of the snapshot.
    let changes = Atomic<UInt64>(0)
    /// The most that the cores held at their worst, added up.
    let bytesHeld = Atomic<Int>(0)
    let isFailed = Atomic<Bool>(false)
    private let shared = Mutex(Shared())

    private struct Shared {
        var pieces = SummedPieces()
        var databases: [Int: (keys: Int, expiring: Int)] = [:]
        var failure: String?
    }

    /// What a snapshot says about the use of keys: what the eviction policy goes by, as in Redis.
    private static func usage(under policy: String) -> SnapshotOptions.Usage {
        if policy.hasSuffix("lru") { return .idleTime }
        return policy.hasSuffix("lfu") ? .frequency : .none
    }

    /// Where a snapshot goes that is not `dbfilename` in `dir`.
    struct Names {
        let folder: String
        let temporary: String
        let final: String
    }

    init(
        settings: Settings, isInBackground: Bool, startedAt: Instant, dataBytes: Int, names: Names? = nil,
        rewrite: LogRewrite? = nil
    ) {
        self.rewrite = rewrite
        folder = names?.folder ?? workingFolder()
        temporaryPath = "\(folder)/\(names?.temporary ?? "temp-\(ProcessReport.processID).rdb")"
        path = "\(folder)/\(names?.final ?? settings.snapshotFile)"
        var options = SnapshotOptions()
        options.compresses = settings.snapshotCompresses
        options.usage = Self.usage(under: settings.maxMemoryPolicy)
        options.writesRecords = rewrite?.writesRecords ?? false
        isDirect = !options.writesRecords && dataBytes >= settings.snapshotDirectBytesMin
        options.fillsPages = isDirect
        self.options = options
        isSummed = settings.snapshotSums
        // What goes past the page cache leaves nothing to do there.
        syncsOnTheWay = settings.snapshotSyncsOnTheWay && !isDirect
        delayMicros = UInt64(max(0, settings.keySaveDelayMicros))
        self.isInBackground = isInBackground
        self.startedAt = startedAt
    }

    /// A piece of the file has been written.
    func add(_ piece: SummedPiece) { shared.withLock { $0.pieces.add(piece) } }

    /// A shard's share of a database.
    func add(database: Int, keys: Int, expiring: Int) {
        shared.withLock {
            let known = $0.databases[database] ?? (0, 0)
            $0.databases[database] = (known.keys + keys, known.expiring + expiring)
        }
    }

    /// Something went wrong; the first reason is kept. The job is over: everybody winds up.
    func fail(_ reason: String) {
        shared.withLock { if $0.failure == nil { $0.failure = reason } }
        isFailed.store(true, ordering: .releasing)
    }

    /// What went wrong first.
    var failure: String? { shared.withLock { $0.failure } }

    /// Keys of all databases at the instant of the snapshot.
    var keys: Int { shared.withLock { $0.databases.values.reduce(0) { $0 + $1.keys } } }

    /// The first bytes of the file.
    func header(facts: [(name: String, value: String)]) -> [UInt8] {
        if options.writesRecords { return SnapshotLayout.headerOfRecords }
        let databases = shared.withLock { $0.databases }
        return SnapshotLayout.header(
            facts: facts,
            databases: databases.sorted { $0.key < $1.key }.map { ($0.key, $0.value.keys, $0.value.expiring) }
        )
    }

    /// Bytes of the whole file, once all pieces are known.
    var length: Int {
        let end = end()
        return end.offset + end.bytes.count
    }

    /// The last bytes of the file, and where they go.
    func end() -> (bytes: [UInt8], offset: Int) {
        let pieces = shared.withLock { $0.pieces }
        if options.writesRecords { return SnapshotLayout.endOfRecords(after: pieces) }
        return SnapshotLayout.end(after: pieces, summing: isSummed)
    }
}
