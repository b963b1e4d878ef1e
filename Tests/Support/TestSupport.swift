// What the tests of several modules share: numbers from a seed, and a shard to try things on.
public import Keyspace

/// Numbers from a seed, the same on every run.
public struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// The numbers of this seed.
    public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// 64 bits.
    public mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// From 0 to below `bound`.
    public mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}

/// A seed for this run, printed so that a failure can be run again.
public func freshSeed(_ what: String) -> UInt64 {
    let seed = UInt64.random(in: 1...1_000_000_000)
    print("\(what): seed \(seed)")
    return seed
}

/// A shard of a gigabyte at most and a few databases, small pages.
public func makeShard(
    arenaBytes: Int = 1 << 30, databases: Int = 4, seed: (UInt64, UInt64) = (1, 2),
    startMicros: UInt64 = 1_700_000_000_000_000
) -> Shard {
    var configuration = ShardConfiguration(hashSeed: seed, startMicros: startMicros)
    configuration.arenaBytes = arenaBytes
    configuration.databaseCount = databases
    configuration.hugePages = false
    guard let shard = Shard(configuration) else { preconditionFailure("no address space for a test's arena") }
    return shard
}

/// When such a shard begins.
public let start = UnixMillis(rawValue: 1_700_000_000_000)
