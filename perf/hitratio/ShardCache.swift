import Keyspace
import PerfSupport

/// One shard as a read-through cache of so many keys, without a node: what a policy is worth at an equal number of keys.
struct ShardCache: ~Copyable {
    private var shard: Shard
    private let keyLimit: Int
    private let db = DatabaseIndex(rawValue: 0)
    private let value = [UInt8](repeating: 0x78, count: 64)
    /// Requests a second: a policy's clock counts in seconds or minutes.
    private static let rate: Int64 = 50_000

    init(policy: EvictionPolicy, keyLimit: Int) {
        var configuration = ShardConfiguration(
            hashSeed: (0x1234, 0x5678), startMicros: 1_700_000_000_000_000)
        configuration.hugePages = false
        guard let shard = Shard(configuration) else { preconditionFailure("no address space for the arena") }
        self.shard = shard
        self.keyLimit = keyLimit
        self.shard.setEvictionRules(EvictionRules(policy: policy))
    }

    /// The hits among the last three quarters of the requests, in percent.
    mutating func run(_ trace: [UInt32]) -> Double {
        let value = value
        var hits = 0
        let warm = trace.count / 4
        for (index, number) in trace.enumerated() {
            let now = UnixMillis(rawValue: 1_700_000_000_000 + Int64(index) * 1000 / Self.rate)
            let key = Key(Int(number))
            let hash = shard.hash(key.raw)
            if shard.find(key.raw, hash, in: db, at: now, .read) != nil {
                if index >= warm { hits += 1 }
                continue
            }
            while shard.keyCount >= keyLimit {
                let chosen = shard.chooseVictim(at: now)
                guard let victim = chosen else { break }
                shard.evict(victim)
            }
            let stored = shard.store(
                key.raw, hash, in: db, value: value.raw, encoding: .raw, expiry: .clear, at: now)
            precondition(stored != nil, "the arena is full")
        }
        return Double(hits) * 100 / Double(trace.count - warm)
    }
}
