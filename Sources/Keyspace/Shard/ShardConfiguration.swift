import Memory

/// What a shard is made with.
public struct ShardConfiguration: Sendable {
    /// The secret of the key hash: random for each process.
    public var hashSeed: (UInt64, UInt64)
    /// How many databases.
    public var databaseCount = 16
    /// Address space to reserve; what is never used costs nothing. Up to 32 GiB a handle counts 8 bytes, up to
    /// 64 GiB 16, and so on: a larger reserve makes small entries a little larger.
    public var arenaBytes = 32 << 30
    /// The NUMA node to take memory from; nil for wherever the core's first touch puts it.
    public var numaNode: Int?
    /// Whether an idle-priority thread puts 2 MiB pages ahead of what is used: lookups among millions of keys
    /// cost about a third less.
    public var hugePages = true
    /// The wall clock at start, in microseconds: versions count on from it, so that those of an earlier run do
    /// not come again.
    public var startMicros: UInt64

    /// A configuration with the defaults for everything else.
    public init(hashSeed: (UInt64, UInt64), startMicros: UInt64) {
        self.hashSeed = hashSeed
        self.startMicros = startMicros
    }
}
