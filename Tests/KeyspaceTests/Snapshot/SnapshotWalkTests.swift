import Testing

@testable import Keyspace

/// What a snapshot handed out: key, value and expiry by database; how often anything came twice, and what writes did.
private final class Collector: SnapshotSink {
    struct Image: Equatable {
        var value: [UInt8]
        var expiry: Int64?
    }

    var images: [Int: [[UInt8]: Image]] = [:]
    var repeats = 0
    /// The keys that a write has handed out.
    var hurried: [[UInt8]] = []

    func take(_ entry: borrowing SnapshotEntry) {
        let image = Image(value: array(entry.value), expiry: entry.expiry?.rawValue)
        if images[entry.database, default: [:]].updateValue(image, forKey: array(entry.key)) != nil {
            repeats += 1
        }
        if entry.isHurried { hurried.append(array(entry.key)) }
    }
}

@Suite struct SnapshotWalkTests {
    /// What the shard holds, expired entries that nobody has removed included.
    private func contents(of shard: inout Shard) -> [Int: [[UInt8]: Collector.Image]] {
        var all: [Int: [[UInt8]: Collector.Image]] = [:]
        for number in 0..<shard.databaseCount {
            let index = DatabaseIndex(rawValue: UInt8(number))
            var ids: [EntryID] = []
            var cursor: UInt64 = 0
            repeat { cursor = shard.scan(in: index, from: cursor, into: &ids) } while cursor != 0
            for id in ids {
                all[number, default: [:]][array(shard.key(of: id))] = .init(
                    value: array(shard.value(of: id)), expiry: shard.expiry(of: id)?.rawValue)
            }
        }
        return all
    }

    @Test func handsOutEverythingOnce() {
        var shard = makeShard()
        for number in 0..<50_000 { shard.set(bytes("key:\(number)"), bytes("value \(number)")) }
        let before = contents(of: &shard)
        let sink = Collector()
        shard.beginSnapshot(into: sink)
        while shard.continueSnapshot(atMost: 100) {}
        #expect(sink.images == before)
        #expect(sink.repeats == 0)
        let isInSnapshot = shard.isInSnapshot
        #expect(!isInSnapshot)
    }

    @Test func anEmptyShardIsDoneAtOnce() {
        var shard = makeShard()
        let sink = Collector()
        shard.beginSnapshot(into: sink)
        let goesOn = shard.continueSnapshot(atMost: 1)
        #expect(!goesOn)
        #expect(sink.images.isEmpty)
    }

    /// A write costs what it changes: not its neighbours, not a second time, and nothing for what is new.
    @Test func aWriteHandsOutTheEntryItChanges() throws {
        var shard = makeShard()
        for number in 0..<1_000 { shard.set(bytes("key:\(number)"), bytes("value \(number)")) }
        let before = contents(of: &shard)
        let sink = Collector()
        shard.beginSnapshot(into: sink)
        for round in 0..<3 { shard.set(bytes("key:7"), bytes("changed \(round)")) }
        #expect(sink.hurried == [bytes("key:7")])
        let removed = try present(shard.look(bytes("key:8")))
        shard.remove(removed, in: db0)
        #expect(sink.hurried == [bytes("key:7"), bytes("key:8")])
        for round in 0..<2 { shard.set(bytes("key:8"), bytes("new \(round)")) }
        shard.set(bytes("key:1000"), bytes("new"))
        #expect(sink.hurried.count == 2)
        while shard.continueSnapshot(atMost: 10) {}
        #expect(sink.hurried.count == 2)
        #expect(sink.images == before)
        #expect(sink.repeats == 0)
    }

    /// Random writes of every kind while the walk goes on: what comes out is the state at the start.
    @Test(arguments: 0..<40) func showsTheStateAtTheStart(run: Int) {
        var dice = Dice(seed: UInt64(run + 1))
        // Few databases, so that flushes run out of spare heaps in some runs.
        var shard = makeShard(databases: 3, seed: (UInt64(run), 7))
        var now = start
        let keys = [300, 3_000, 30_000][run % 3]
        for _ in 0..<keys * 2 { write(&shard, &dice, keys, &now, flushes: false) }
        for round in 0..<3 {
            let before = contents(of: &shard)
            let sink = Collector()
            shard.beginSnapshot(into: sink)
            var isOn = true
            while isOn {
                for _ in 0..<dice.below(200) { write(&shard, &dice, keys * 2, &now, flushes: true) }
                isOn = shard.continueSnapshot(atMost: 1 + dice.below(keys / 20))
            }
            #expect(sink.images == before, "run \(run), round \(round)")
            #expect(sink.repeats == 0, "run \(run), round \(round)")
            let faults = shard.checkInvariants()
            #expect(faults == [])
        }
    }

    /// Given up in the middle, with a flushed database aside: nothing of it stays.
    @Test func aSnapshotThatIsGivenUpLeavesNothing() {
        var shard = makeShard()
        for number in 0..<5_000 { shard.set(bytes("key:\(number)"), bytes("value \(number)")) }
        shard.beginSnapshot(into: Collector())
        _ = shard.continueSnapshot(atMost: 100)
        shard.flush(in: db0)
        let during = shard.usedBytes
        shard.endSnapshot()
        let (faults, after) = (shard.checkInvariants(), shard.usedBytes)
        #expect(during > 100_000 && after < 10_000 && faults == [])
        let sink = Collector()
        shard.set(bytes("a"), bytes("b"))
        shard.beginSnapshot(into: sink)
        while shard.continueSnapshot(atMost: 10) {}
        #expect(sink.images == [0: [bytes("a"): .init(value: bytes("b"), expiry: nil)]])
    }

    /// One write of a random kind.
    private func write(
        _ shard: inout Shard, _ dice: inout Dice, _ keys: Int, _ now: inout UnixMillis, flushes: Bool
    ) {
        let key = bytes("k\(dice.below(keys))")
        let db = DatabaseIndex(rawValue: UInt8(dice.below(10) == 0 ? 1 + dice.below(2) : 0))
        let value = [UInt8](repeating: UInt8(dice.below(256)), count: dice.below(90))
        let found = shard.look(key, in: db, at: now, .peek)
        switch dice.below(20) {
        case 0..<9: shard.set(key, value, in: db, at: now)
        case 9, 10:
            let due = UnixMillis(rawValue: now.rawValue + Int64(dice.below(2_000)))
            shard.set(key, value, in: db, expiry: .at(due), at: now)
        case 11, 12: if let found { shard.remove(found, in: db) }
        case 13:
            if let found {
                let due = UnixMillis(rawValue: now.rawValue + Int64(dice.below(5_000)))
                _ = shard.setExpiry(of: found, to: dice.below(2) == 0 ? nil : due)
            }
        case 14: if let found { _ = shard.resizeValue(of: found, to: dice.below(120)) }
        case 15:
            if let found {
                var bytes = shard.mutableValue(of: found)
                if bytes.byteCount > 0 { unsafe bytes.storeBytes(of: 7, toByteOffset: 0, as: UInt8.self) }
            }
        case 16: if let found { _ = shard.version(of: found) }
        case 17:
            now = now + 5
            _ = shard.expire(at: now, atMost: 20)
        case 18: _ = shard.look(key, in: db, at: now, .read)
        default:
            guard flushes, dice.below(60) == 0 else { return }
            if dice.below(2) == 0 {
                shard.flush(in: db)
            } else {
                shard.swap(db0, DatabaseIndex(rawValue: UInt8(dice.below(3))))
            }
        }
    }
}
