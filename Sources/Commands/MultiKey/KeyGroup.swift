import Keyspace
import Wire

/// The hashes of a few successive keys of one call whose entries are on their way into the cache.
///
/// A call's keys are worked off in such groups so that their cache misses overlap: a group is hashed and its buckets are
/// fetched, then its entries, and only then is the first key looked up. As the node does it for the requests of a pipeline.
struct KeyGroup {
    static var countMax: Int { 16 }

    /// Which argument the first key is.
    let first: Int
    /// Arguments from one key to the next.
    let step: Int
    /// Keys in it; 0 behind the last argument.
    let count: Int
    private let hashes: [16 of KeyHash]

    /// Starts to fetch the keys from an argument on.
    @inline(__always)
    init(of call: borrowing Call, from first: Int, step: Int, on shard: borrowing Shard) {
        let count = min(Self.countMax, max(0, (call.arguments.count - first + step - 1) / step))
        var hashes = [16 of KeyHash](repeating: call.hash)
        for place in 0..<count {
            let index = first + place * step
            if index > 1 { hashes[place] = shard.hash(call.arguments[index]) }
            shard.prefetchBucket(hashes[place], in: call.database)
        }
        for place in 0..<count { shard.prefetchEntry(hashes[place], in: call.database) }
        (self.first, self.step, self.count, self.hashes) = (first, step, count, hashes)
    }

    /// The hash of one of its keys.
    @inline(__always) subscript(place: Int) -> KeyHash { hashes[place] }

    /// Starts to fetch the value of a key that will be looked up soon, if there is such a key.
    @inline(__always) func prefetchValue(_ place: Int, in database: DatabaseIndex, on shard: borrowing Shard)
    {
        if place < count { shard.prefetchValue(hashes[place], in: database) }
    }

    /// Which argument one of its keys is.
    @inline(__always) func index(_ place: Int) -> Int { first + place * step }
}

extension Call {
    /// Looks up every argument from the first on as a key, in order, and hands on what was found.
    @inline(__always)
    borrowing func forEachKey(
        in shard: inout Shard, _ mode: LookupMode, _ body: (inout Shard, EntryID?) -> Void
    ) {
        var group = KeyGroup(of: self, from: 1, step: 1, on: shard)
        while group.count > 0 {
            for place in 0..<Shard.valueDistance { group.prefetchValue(place, in: database, on: shard) }
            for place in 0..<group.count {
                group.prefetchValue(place + Shard.valueDistance, in: database, on: shard)
                let key = arguments[group.index(place)]
                body(&shard, shard.find(key, group[place], in: database, at: now, mode))
            }
            group = KeyGroup(of: self, from: group.index(group.count), step: 1, on: shard)
        }
    }
}
