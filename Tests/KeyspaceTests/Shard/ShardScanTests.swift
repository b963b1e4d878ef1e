import Testing

@testable import Keyspace

struct ShardScanTests {
    @Test func returnsEveryKeyOfATableAtRestOnce() {
        var shard = makeShard()
        #expect(shard.scanAll() == [])
        for number in 0..<50_000 { shard.set(bytes("key:\(number)"), bytes("v")) }
        let keys = shard.scanAll()
        #expect(keys.count == 50_000)
        #expect(Set(keys).count == 50_000)
    }

    /// Keys that are there throughout are returned exactly once, while the table grows a hundredfold and other keys
    /// come and go.
    @Test func returnsEveryKeyThatStaysWhileTheTableGrows() {
        let seed = freshSeed("scan under growth")
        var dice = Dice(seed: seed)
        var shard = makeShard(seed: (seed, 7))
        for number in 0..<2_000 { shard.set(bytes("stays:\(number)"), bytes("v")) }
        for number in 0..<2_000 { shard.set(bytes("goes:\(number)"), bytes("v")) }
        var added = 0
        let depth = shard.databases[0].table.depth
        let keys = shard.scanAll { shard in
            for _ in 0..<dice.below(300) where added < 200_000 {
                shard.set(bytes("new:\(added)"), bytes("v"))
                added += 1
            }
            let going = bytes("goes:\(dice.below(2_000))")
            if let id = shard.look(going) { shard.remove(id, in: db0) }
        }
        #expect(shard.databases[0].table.depth > depth + 3, "the table should have grown during the scan")
        var times: [[UInt8]: Int] = [:]
        for key in keys { times[key, default: 0] += 1 }
        for number in 0..<2_000 {
            #expect(times[bytes("stays:\(number)")] == 1)
        }
    }

    @Test func cursorsFitTheirBits() {
        var shard = makeShard()
        for number in 0..<20_000 { shard.set(bytes("key:\(number)"), bytes("v")) }
        var cursor: UInt64 = 0
        var ids: [EntryID] = []
        repeat {
            cursor = shard.scan(in: db0, from: cursor, into: &ids)
            #expect(cursor >> UInt64(Shard.scanCursorBits) == 0)
        } while cursor != 0
    }

    /// A cursor is what a client says it is: any number is answered, and leads to the end.
    @Test func anyCursorComesToAnEnd() {
        var shard = makeShard()
        for number in 0..<5_000 { shard.set(bytes("key:\(number)"), bytes("v")) }
        for strange: UInt64 in [
            1, 12_345, 0xFF_FFFF, 59 << 24 | 0xFF_FFFF, 60 << 24, 63 << 24, .max, 1 << 30,
        ] {
            var cursor = strange
            var ids: [EntryID] = []
            var steps = 0
            repeat {
                cursor = shard.scan(in: db0, from: cursor, into: &ids)
                steps += 1
            } while cursor != 0 && steps < 100_000
            #expect(cursor == 0)
        }
    }

    @Test func randomEntriesCoverTheKeys() {
        var shard = makeShard()
        var dice = Dice(seed: 11)
        #expect(shard.randomEntry(in: db0, at: start, random: dice.next()) == nil)
        for number in 0..<1_000 { shard.set(bytes("key:\(number)"), bytes("v")) }
        var times: [[UInt8]: Int] = [:]
        for _ in 0..<50_000 {
            guard let id = shard.randomEntry(in: db0, at: start, random: dice.next()) else { continue }
            times[array(shard.key(of: id)), default: 0] += 1
        }
        #expect(times.count == 1_000)
        #expect((times.values.max() ?? 0) < 250, "a key came up five times as often as its share")
    }

    @Test func randomEntryPassesOverWhatIsOver() {
        var shard = makeShard()
        for number in 0..<50 { shard.set(bytes("over:\(number)"), bytes("v"), expiry: .at(start + 10)) }
        shard.set(bytes("stays"), bytes("v"))
        var dice = Dice(seed: 12)
        let id = shard.randomEntry(in: db0, at: start + 1_000, random: dice.next())
        #expect(id.map { array(shard.key(of: $0)) } == bytes("stays"))
    }
}
