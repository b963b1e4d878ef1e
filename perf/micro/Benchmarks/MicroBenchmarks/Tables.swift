import Benchmark
import Keyspace
import Wire

func tableBenchmarks() {
    find("table: find among 1,000 keys", keys: 1000)
    find("table: find among 1M keys", keys: 1_000_000)
    find("table: find among 1M keys, prefetched by 16", keys: 1_000_000, prefetching: true)
    overwrite("table: overwrite in place, 64 B among 1,000 keys", keys: 1000)
    Benchmark("table: insert new keys and grow, 64 B", configuration: .init(scalingFactor: .mega)) {
        benchmark in
        let value = [UInt8](repeating: 0x78, count: 64)
        // A million keys into an empty shard: every growth of the table on the way is part of it.
        var shard = makeShard(hugePages: false)
        benchmark.startMeasurement()
        for number in benchmark.scaledIterations { shard.put(Key(number), value.raw) }
        benchmark.stopMeasurement()
        precondition(shard.count(in: db) == benchmark.scaledIterations.count, "every key is new")
    }
}

extension Shard {
    /// Stores a value as SET does.
    mutating func put(_ key: Key, _ value: RawSpan) {
        let raw = key.raw
        let id = store(raw, hash(raw), in: db, value: value, encoding: .raw, expiry: .clear, at: epoch)
        precondition(id != nil, "the arena is full")
    }

    static func filled(_ keys: Int) -> Shard {
        var shard = makeShard(hugePages: false)
        let value = [UInt8](repeating: 0x78, count: 64)
        for number in 0..<keys { shard.put(Key(number), value.raw) }
        return shard
    }
}

/// Finds keys in an order that no cache foresees, as the hash of a request's key is made first: sixteen requests at a
/// time, as the loop does it.
private func find(_ name: String, keys: Int, prefetching: Bool = false) {
    Benchmark(name) { benchmark, filled in
        let found = findKeys(
            &filled.shard, &filled.dice, among: keys, batches: benchmark.scaledIterations.count / 16,
            prefetching)
        precondition(found == benchmark.scaledIterations.count / 16 * 16, "a key is missing")
    } setup: {
        Filled(keys)
    }
}

private func findKeys(
    _ shard: inout Shard, _ dice: inout Dice, among keys: Int, batches: Int, _ prefetching: Bool
) -> Int {
    var batch = [Key](repeating: Key(0), count: 16)
    var hashes = [KeyHash](repeating: KeyHash(rawValue: 0), count: 16)
    var found = 0
    for _ in 0..<batches {
        for index in batch.indices {
            batch[index] = Key(dice.below(keys))
            hashes[index] = shard.hash(batch[index].raw)
            if prefetching { shard.prefetchBucket(hashes[index], in: db) }
        }
        if prefetching { for hash in hashes { shard.prefetchEntry(hash, in: db) } }
        for index in batch.indices
        where shard.find(batch[index].raw, hashes[index], in: db, at: epoch, .read) != nil { found += 1 }
    }
    return found
}

/// A shard with keys in it, made once for all samples of a benchmark.
final class Filled {
    var shard: Shard
    var dice = Dice(seed: 7)

    init(_ keys: Int) { shard = Shard.filled(keys) }
}

private func overwrite(_ name: String, keys: Int) {
    Benchmark(name) { benchmark in
        var shard = Shard.filled(keys)
        let value = [UInt8](repeating: 0x79, count: 64)
        var dice = Dice(seed: 9)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { shard.put(Key(dice.below(keys)), value.raw) }
        benchmark.stopMeasurement()
        precondition(shard.count(in: db) == keys, "no key is new")
    }
}
