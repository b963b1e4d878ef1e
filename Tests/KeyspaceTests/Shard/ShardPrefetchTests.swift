import Memory
import Testing

@testable import Keyspace

/// Asking ahead is a hint: whatever is there or not, it changes nothing and reads nothing that is not the shard's.
struct ShardPrefetchTests {
    @Test func askingAheadChangesNothing() {
        var shard = makeShard(arenaBytes: 4 << 20)
        for database in 0..<2 { askAhead(of: 100, in: DatabaseIndex(rawValue: UInt8(database)), shard) }
        // Until the arena is full: the last entry ends where the memory does.
        var stored = 0
        while shard.set(bytes("key:\(stored)"), [UInt8](repeating: 7, count: stored % 3_000)) != nil {
            stored += 1
        }
        let used = shard.usedBytes
        askAhead(of: stored + 100, in: db0, shard)
        #expect(shard.usedBytes == used)
        #expect(shard.hits == 0 && shard.misses == 0)
        #expect(shard.checkInvariants() == [])
        #expect(shard.get(bytes("key:\(stored - 1)")) == [UInt8](repeating: 7, count: (stored - 1) % 3_000))
    }

    private func askAhead(of keys: Int, in database: DatabaseIndex, _ shard: borrowing Shard) {
        for number in 0..<keys {
            let hash = shard.hash(bytes("key:\(number)").raw)
            shard.prefetchBucket(hash, in: database)
            shard.prefetchEntry(hash, in: database)
            shard.prefetchValue(hash, in: database)
        }
    }
}
