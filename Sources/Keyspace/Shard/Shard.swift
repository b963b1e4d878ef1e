import Memory

/// One core's keys and values: sixteen databases over one arena. Lives on one core; others reach it by hop.
///
/// Every call is a function of the shard and its arguments; time comes in as `at now`. A value that does not fit the
/// arena is an answer (nil), not a trap, and leaves everything as it was.
///
/// The verbs are in files of their own: `Shard+Find`, `+Store`, `+Expiry`, `+Versions`, `+Scan`, `+Flush`, `+Views`,
/// `+Check`; those of eviction and of compaction in the folders beside this one.
@safe public struct Shard: ~Copyable {
    var arena: Arena
    let hasher: KeyHasher
    /// How many databases there are.
    public let databaseCount: Int
    let databases: Databases

    /// Free memory beyond this goes back to the kernel.
    var spareBytesMax = Int.max
    var compaction = CompactionState()
    /// How and what it evicts.
    var eviction: EvictionState
    /// The snapshot under way, if there is one.
    var snapshot = SnapshotState()
    /// The next version to give out.
    var nextVersion: UInt64
    /// The latest time a call brought.
    var latest: UnixMillis
    /// While a log is repeated nothing expires: what expired then is in the log as a removal, and what was prolonged then
    /// must live until the log says so.
    public var isReplaying = false
    /// Keys removed by the shard itself that somebody still has to hear of.
    var removals = RemovalNotes()
    /// Which database the next expiry slice starts with.
    var expiryTurn = 0
    /// When `expire` has work next: exact when it ended, and no later than what has been scheduled since.
    var workDue: UnixMillis?

    /// Logical writes so far: stores, removals, expiry changes, keys flushed.
    public internal(set) var changes: UInt64 = 0
    /// Reads that found their key.
    public internal(set) var hits: UInt64 = 0
    /// Reads that did not.
    public internal(set) var misses: UInt64 = 0
    /// Keys whose time was over and that were removed.
    public internal(set) var expired: UInt64 = 0
    /// Keys that eviction removed.
    public internal(set) var evicted: UInt64 = 0

    /// An empty shard; nil where the kernel refuses the address space.
    public init?(_ configuration: ShardConfiguration) {
        let count = configuration.databaseCount
        precondition(count >= 1 && count <= 255, "a shard has 1 to 255 databases")
        guard
            let arena = Arena(
                byteCount: configuration.arenaBytes, heaps: Shard.heapCount(databases: count),
                numaNode: configuration.numaNode,
                hugePages: configuration.hugePages)
        else { return nil }
        self.arena = arena
        hasher = KeyHasher(seed: configuration.hashSeed)
        databaseCount = count
        databases = Databases(count: count)
        eviction = EvictionState(seed: configuration.hashSeed.0 ^ configuration.hashSeed.1)
        snapshot.spareHeaps = Array(count..<Shard.heapCount(databases: count))
        nextVersion = max(1, configuration.startMicros << 10 & UInt64(Int64.max))
        latest = UnixMillis(rawValue: Int64(clamping: configuration.startMicros / 1000))
    }

    deinit { databases.free() }

    /// A heap for each database and a spare one for each that is flushed during a snapshot, as far as they reach.
    private static func heapCount(databases: Int) -> Int { min(255, 2 * databases) }

    /// Bytes of all blocks: entries, segments, directories, wheels; and what is remembered of evicted keys. What
    /// maxmemory is compared with.
    public var usedBytes: Int { arena.usedBytes + eviction.byteCount }
    /// At most so much memory stands behind the arena and what is remembered of evicted keys.
    public var committedBytes: Int { arena.committedBytes + eviction.byteCount }
    /// Bytes of pages that hold blocks, the waste between blocks included.
    public var heldBytes: Int { arena.heldBytes + eviction.byteCount }

    /// Bytes of the arena that were never used: certain room, in one piece. There may be more where keys were removed.
    public var untouchedBytes: Int { arena.untouchedBytes }
    /// What the arena keeps about its blocks, beside them.
    public var bookkeepingBytes: Int { arena.bookkeepingBytes }
}
