import Memory
import Testing

@testable import Keyspace

/// Keys made so that their hashes fall where a test wants them.
struct Crafted {
    let hasher: KeyHasher
    var number = 0

    /// The next key whose hash passes.
    mutating func key(where passes: (KeyHash) -> Bool) -> [UInt8] {
        while true {
            number += 1
            let key = bytes("crafted:\(number)")
            if passes(hasher.hash(key.raw)) { return key }
        }
    }
}

struct TableTests {
    @Test func layouts() {
        #expect(Segment.byteCount == Segment.bucketCount * 64)
        #expect(24 + Bucket.slotCount * 4 == 64)
        #expect(Segment.homeCount < 1 << 6, "a home fits its six bits")
        #expect(EntryHeader.keyOffset(flags: 0) == 8)
        #expect(EntryHeader.keyOffset(flags: EntryHeader.expiring) == 24)
        #expect(EntryHeader.keyOffset(flags: EntryHeader.versioned) == 16)
        #expect(EntryHeader.keyOffset(flags: 7) == 40)
        #expect(MemoryLayout<EntryID>.size <= 12)
    }

    /// One home takes ten, its neighbour ten, what the neighbour pushes on makes room for more, the stash forty; then the
    /// segment splits. Every key stays found at every step, and none is left behind by removal.
    @Test func oneCrowdedHomeOverflowsInOrder() throws {
        var shard = makeShard()
        var crafted = Crafted(hasher: shard.hasher)
        var keys: [[UInt8]] = []
        for count in 1...70 {
            let key = crafted.key { $0.home == 59 }
            keys.append(key)
            let id = try present(shard.set(key, bytes("\(count)")))
            if count <= 10 { #expect(id.bucket == 59) }
            if (11...20).contains(count) { #expect(id.bucket == 0, "the last home's neighbour is the first") }
            if (21...60).contains(count) { #expect(id.bucket >= 60, "then the stash") }
            for (index, key) in keys.enumerated() { #expect(shard.get(key, .peek) == bytes("\(index + 1)")) }
            #expect(shard.checkInvariants() == [])
        }
        #expect(shard.databases[0].table.segmentCount > 1)
        var dice = Dice(seed: 5)
        keys.shuffle(using: &dice)
        while let key = keys.popLast() {
            shard.remove(try present(shard.look(key)), in: db0)
            #expect(shard.look(key) == nil)
            #expect(shard.checkInvariants() == [])
        }
        #expect(shard.count(in: db0) == 0)
    }

    @Test func aNeighbourMakesRoomByPushingOn() throws {
        var shard = makeShard()
        var crafted = Crafted(hasher: shard.hasher)
        for _ in 0..<10 { shard.set(crafted.key { $0.home == 5 }, bytes("five")) }
        for _ in 0..<10 { shard.set(crafted.key { $0.home == 6 }, bytes("six")) }
        let id = try present(shard.set(crafted.key { $0.home == 5 }, bytes("five")))
        #expect(id.bucket == 6)
        let segment = Segment(id.segment, shard.arena.addresses)
        #expect(segment.bucket(6).spilled == 1 && segment.bucket(5).spilled == 1)
        #expect(shard.checkInvariants() == [])
    }

    @Test func aForeignEntryGoesHomeWhenItsPlaceIsNeeded() throws {
        var shard = makeShard()
        var crafted = Crafted(hasher: shard.hasher)
        let early = (0..<10).map { _ in crafted.key { $0.home == 5 } }
        for key in early { shard.set(key, bytes("five")) }
        let guest = crafted.key { $0.home == 5 }
        shard.set(guest, bytes("guest"))
        for _ in 0..<9 { shard.set(crafted.key { $0.home == 6 }, bytes("six")) }
        for _ in 0..<10 { shard.set(crafted.key { $0.home == 7 }, bytes("seven")) }
        shard.remove(try present(shard.look(early[3])), in: db0)
        let id = try present(shard.set(crafted.key { $0.home == 6 }, bytes("six")))
        #expect(id.bucket == 6)
        #expect(try present(shard.look(guest)).bucket == 5, "the guest went home")
        #expect(shard.checkInvariants() == [])
    }

    /// All keys under one prefix: the directory doubles until they part, other segments stay as they are.
    @Test func onePrefixSplitsDeep() {
        var shard = makeShard()
        var crafted = Crafted(hasher: shard.hasher)
        var keys: [[UInt8]] = []
        for _ in 0..<1_500 {
            let key = crafted.key { $0.prefix(7) == 0b1011010 }
            keys.append(key)
            shard.set(key, bytes("v"))
        }
        let table = shard.databases[0].table
        #expect(table.depth >= 8)
        #expect(table.segmentCount < 16)
        for key in keys { #expect(shard.get(key) == bytes("v")) }
        #expect(Set(shard.scanAll()) == Set(keys))
        #expect(shard.checkInvariants() == [])
    }

    @Test func segmentsAreWellFilledBeforeTheySplit() {
        var shard = makeShard()
        var number = 0
        while shard.databases[0].table.segmentCount < 2 {
            shard.set(bytes("key:\(number)"), bytes("v"))
            number += 1
        }
        #expect(number > 560, "a segment of 640 slots split at \(number) entries")
    }

    @Test func staleIdentitiesAreNoticed() async {
        await #expect(processExitsWith: .failure) {
            var shard = makeShard()
            guard let id = shard.set(bytes("a"), bytes("v")) else { return }
            shard.remove(id, in: db0)
            shard.remove(id, in: db0)
        }
    }
}
