import Memory
import Testing

@testable import Keyspace

/// The checker sees what is broken and says it.
struct ShardCheckTests {
    @Test func aWrongFingerprintIsReported() throws {
        var shard = makeShard()
        let id = try present(shard.set(bytes("a"), bytes("v")))
        #expect(shard.checkInvariants() == [])
        let bucket = Segment(id.segment, shard.arena.addresses).bucket(Int(id.bucket))
        bucket.put(Int(id.slot), bucket.fingerprint(Int(id.slot)) ^ 1, id.handle)
        #expect(
            shard.checkInvariants() == [
                "database 0: slot 0 of bucket \(id.bucket) at cell 0 has another fingerprint than its key"
            ])
    }

    @Test func aWrongCountIsReported() throws {
        var shard = makeShard()
        shard.set(bytes("a"), bytes("v"))
        shard.databases[0].table.count = 2
        #expect(
            shard.checkInvariants() == ["database 0: the segments hold 1 entries, but the table counts 2"])
    }

    @Test func aBrokenLinkIsReported() throws {
        var shard = makeShard()
        let id = try present(shard.set(bytes("a"), bytes("v"), expiry: .at(start + 50)))
        shard.set(bytes("b"), bytes("v"), expiry: .at(start + 50))
        Entry(id.handle, shard.arena.addresses).previous = id.handle
        let faults = shard.checkInvariants()
        #expect(faults.contains { $0.contains("is not linked back") }, "\(faults)")
    }

    @Test func aLostBlockIsReported() throws {
        var shard = makeShard()
        shard.set(bytes("a"), bytes("v"))
        _ = shard.arena.allocate(100)
        #expect(shard.checkInvariants() == ["the databases account for 3 blocks, but the arena has 4"])
    }
}
