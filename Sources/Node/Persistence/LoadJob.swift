import Durability
import Glibc
import Reactor
import Synchronization

/// One snapshot file being loaded by all cores. Shared.
final class LoadJob: Sendable {
    let path: String
    let size: Int
    let startedSeconds: Int64
    let startedAt: Instant
    /// Who waits for it; nil at the start of the node, which ends if it fails.
    let waiter: SaveWaiter?

    /// Bytes that each core has worked off.
    let bytesDone: [Progress]
    /// What the server that wrote the file used then, once the file has said it.
    let usedMemory = Atomic<Int>(0)
    private let shared: Mutex<Shared>

    final class Progress: Sendable {
        let bytes = Atomic<Int>(0)
    }

    private struct Shared {
        var coresAwaited: Int
        var pieces = SummedPieces()
        var keysLoaded = 0
        var keysExpired = 0
        var failure: RDBReader.Failure?
        var facts: [String: String] = [:]
    }

    /// What all cores together have come to.
    struct Outcome: Sendable {
        var keysLoaded: Int
        var keysExpired: Int
        var failure: RDBReader.Failure?
        var facts: [String: String]
    }

    init(
        path: String, size: Int, coreCount: Int, startedSeconds: Int64, waiter: SaveWaiter?,
        startedAt: Instant
    ) {
        self.path = path
        self.size = size
        self.startedSeconds = startedSeconds
        self.startedAt = startedAt
        self.waiter = waiter
        bytesDone = (0..<coreCount).map { _ in Progress() }
        shared = Mutex(Shared(coresAwaited: coreCount))
    }

    /// The file to load when a node starts: nil where there is none. Throws where it cannot be looked at.
    static func atStart(_ path: String, coreCount: Int) throws(DiskError) -> LoadJob? {
        let size: Int
        do throws(DiskError) {
            size = try SystemDisk().size(path)
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
        return LoadJob(
            path: path, size: size, coreCount: coreCount,
            startedSeconds: WallClock.micros / 1_000_000, waiter: nil, startedAt: WallClock.monotonic)
    }

    /// Bytes of the file that the cores have worked off on average.
    var bytesLoaded: Int {
        bytesDone.reduce(0) { $0 + $1.bytes.load(ordering: .relaxed) } / max(1, bytesDone.count)
    }

    /// Whether some core has failed: then there is no use in going on.
    var hasFailed: Bool { shared.withLock { $0.failure != nil } }

    /// A core is done, or has failed. Answers the outcome if it was the last.
    func end(
        of loader: borrowing RDBLoader, checksum: UInt64?, end: Int, failure: RDBReader.Failure?
    ) -> Outcome? {
        let pieces = loader.pieces
        let (loaded, expired, facts) = (loader.keysLoaded, loader.keysExpired, loader.facts)
        return shared.withLock { shared in
            shared.coresAwaited -= 1
            shared.pieces.add(pieces)
            shared.keysLoaded += loaded
            shared.keysExpired += expired
            shared.facts = facts
            if let failure, shared.failure == nil { shared.failure = failure }
            guard shared.coresAwaited == 0 else { return nil }
            if shared.failure == nil {
                shared.failure = Self.check(shared.pieces, checksum, end: end, size: size)
            }
            return Outcome(
                keysLoaded: shared.keysLoaded, keysExpired: shared.keysExpired, failure: shared.failure,
                facts: shared.facts)
        }
    }

    /// What is wrong with a file that could be read to its end.
    private static func check(
        _ pieces: SummedPieces, _ checksum: UInt64?, end: Int, size: Int
    ) -> RDBReader.Failure? {
        if end < size { return RDBReader.Failure(.trailingBytes(size - end), at: end) }
        // Zero stands for a file that was written without one.
        guard let checksum, checksum != 0 else { return nil }
        guard let total = pieces.total(), total.length == end - 8 else {
            preconditionFailure("the cores have summed the whole file between them")
        }
        guard total.sum != checksum else { return nil }
        return RDBReader.Failure(.checksum(found: checksum, computed: total.sum), at: end - 8)
    }
}

/// One core's part in loading. Lives on its core.
final class LoadShare {
    let job: LoadJob
    var loader: RDBLoader

    init(_ job: LoadJob, core: CoreID, coreCount: Int, databases: Int) {
        self.job = job
        loader = RDBLoader(
            fileSize: job.size, core: core.index, coreCount: coreCount, databaseCount: databases)
    }
}
