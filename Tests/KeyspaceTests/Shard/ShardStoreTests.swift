import Memory
import Testing

@testable import Keyspace

struct ShardStoreTests {
    @Test func overwritesInTheSameBlockWhereTheSizeAllows() throws {
        var shard = makeShard()
        let key = bytes("0123456789abcdef")
        let first = try present(shard.set(key, [UInt8](repeating: 1, count: 64)))
        let used = shard.usedBytes
        for length in 61...64 {
            let id = try present(shard.set(key, [UInt8](repeating: 2, count: length)))
            #expect(id == first)
        }
        #expect(shard.usedBytes == used)
        let moved = try present(shard.set(key, [UInt8](repeating: 3, count: 500)))
        #expect(moved.handle != first.handle)
        #expect(shard.get(key) == [UInt8](repeating: 3, count: 500))
    }

    @Test func longKeysAndValuesKeepTheirLengths() {
        var shard = makeShard()
        for keyLength in [0, 1, 255, 256, 70_000] {
            for valueLength in [0, 1, 65_535, 65_536, 1_000_000] {
                let key = [UInt8](repeating: 0x6B, count: keyLength)
                let value = [UInt8](repeating: UInt8(valueLength % 251), count: valueLength)
                shard.set(key, value, expiry: keyLength == 256 ? .at(start + 9) : .clear)
                #expect(shard.get(key) == value)
            }
        }
        #expect(shard.count(in: db0) == 5)
        #expect(shard.checkInvariants() == [])
    }

    /// A full arena says so, changes nothing, and works again once there is room.
    @Test func fullArenaAnswersNil() throws {
        var shard = makeShard(arenaBytes: 4 << 20)
        var stored = 0
        while shard.set(bytes("key:\(stored)"), [UInt8](repeating: 7, count: 100)) != nil {
            stored += 1
            if stored > 1_000_000 { break }
        }
        #expect(stored > 10_000 && stored < 100_000)
        #expect(shard.checkInvariants() == [])
        #expect(shard.count(in: db0) == stored)
        let used = shard.usedBytes
        let changes = shard.changes
        let id = try present(shard.look(bytes("key:5")))
        #expect(shard.resizeValue(of: id, to: 3_000_000) == nil)
        #expect(shard.set(bytes("key:5"), [UInt8](repeating: 8, count: 3_000_000)) == nil)
        #expect(
            shard.set(bytes("a new key"), [UInt8](repeating: 8, count: 3_000_000), expiry: .at(start + 1))
                == nil)
        #expect(shard.get(bytes("key:5")) == [UInt8](repeating: 7, count: 100))
        #expect(shard.changes == changes)
        #expect(shard.usedBytes <= used + (24 << 10), "at most the wheel was added")
        // What shrinks always can.
        #expect(shard.set(bytes("key:5"), bytes("small")) != nil)
        #expect(shard.checkInvariants() == [])
        for number in 0..<stored {
            if let id = shard.look(bytes("key:\(number)")) { shard.remove(id, in: db0) }
        }
        #expect(shard.count(in: db0) == 0)
        #expect(shard.set(bytes("again"), [UInt8](repeating: 9, count: 2_000_000)) != nil)
        #expect(shard.checkInvariants() == [])
    }

    @Test func growsByZerosAndShrinks() throws {
        var shard = makeShard()
        var id = try present(shard.set(bytes("a"), bytes("abc")))
        id = try present(shard.resizeValue(of: id, to: 6))
        #expect(array(shard.value(of: id)) == [97, 98, 99, 0, 0, 0])
        id = try present(shard.resizeValue(of: id, to: 100_000))
        #expect(array(shard.value(of: id)) == [97, 98, 99] + [UInt8](repeating: 0, count: 99_997))
        id = try present(shard.resizeValue(of: id, to: 2))
        #expect(array(shard.value(of: id)) == [97, 98])
        id = try present(shard.resizeValue(of: id, to: 4))
        #expect(array(shard.value(of: id)) == [97, 98, 0, 0], "old bytes must not come back")
    }

    @Test func flushIsByDatabaseAndReturnsItsMemory() {
        var shard = makeShard()
        for number in 0..<30_000 { shard.set(bytes("key:\(number)"), [UInt8](repeating: 1, count: 200)) }
        shard.set(bytes("other"), bytes("stays"), in: db1, expiry: .at(start + 10_000))
        let committed = shard.committedBytes
        shard.flush(in: db0)
        #expect(shard.count(in: db0) == 0)
        #expect(shard.get(bytes("key:1")) == nil)
        #expect(shard.get(bytes("other"), in: db1) == bytes("stays"))
        #expect(shard.usedBytes < 40 << 10)
        shard.purge()
        #expect(shard.committedBytes < 1 << 20 && committed > 6 << 20)
        #expect(shard.checkInvariants() == [])
        shard.flush(in: db1)
        #expect(shard.usedBytes == 0)
    }

    @Test func swapExchangesEverything() throws {
        var shard = makeShard()
        for number in 0..<2_000 { shard.set(bytes("key:\(number)"), bytes("zero")) }
        shard.set(bytes("one"), bytes("1"), in: db1, expiry: .at(start + 100))
        shard.swap(db0, db1)
        #expect(shard.count(in: db0) == 1 && shard.count(in: db1) == 2_000)
        let id = try present(shard.look(bytes("one")))
        #expect(shard.setExpiry(of: id, to: start + 200) != nil)
        #expect(shard.expire(at: start + 1_000, atMost: 10) == 1)
        shard.flush(in: db1)
        #expect(shard.usedBytes < 64 << 10)
        #expect(shard.checkInvariants() == [])
    }

    @Test func emptiedDatabaseGivesItsTableBack() {
        var shard = makeShard()
        for number in 0..<50_000 { shard.set(bytes("key:\(number)"), bytes("v")) }
        for number in 0..<50_000 {
            if let id = shard.look(bytes("key:\(number)")) { shard.remove(id, in: db0) }
        }
        #expect(shard.usedBytes == 0)
    }

    @Test func idleTimeAndEncoding() throws {
        var shard = makeShard()
        let id = try present(shard.set(bytes("a"), bytes("12")))
        shard.setEncoding(of: id, .int)
        #expect(shard.encoding(of: id) == .int)
        #expect(shard.kind(of: id) == .string)
        #expect(shard.idleSeconds(of: id, at: start + 10_000) == 10)
        _ = shard.look(bytes("a"), at: start + 9_000, .peek)
        #expect(shard.idleSeconds(of: id, at: start + 10_000) == 10)
        _ = shard.look(bytes("a"), at: start + 9_000, .read)
        #expect(shard.idleSeconds(of: id, at: start + 10_000) == 1)
        #expect(shard.get(bytes("a")) == bytes("12"))
    }
}

struct ShardVersionTests {
    @Test func changesWithEveryWriteAndNeverRepeats() throws {
        var shard = makeShard()
        var id = try present(shard.set(bytes("a"), bytes("v")))
        #expect(shard.currentVersion(of: id) == nil)
        let (versioned, first) = try present(shard.version(of: id))
        #expect(try present(shard.version(of: versioned)).1 == first)
        var seen: Set<UInt64> = [first]
        id = try present(shard.set(bytes("a"), bytes("w")))
        #expect(seen.insert(try present(shard.currentVersion(of: id))).inserted)
        id = try present(shard.setExpiry(of: id, to: start + 1_000))
        #expect(seen.insert(try present(shard.currentVersion(of: id))).inserted)
        id = try present(shard.resizeValue(of: id, to: 30))
        #expect(seen.insert(try present(shard.currentVersion(of: id))).inserted)
        _ = shard.mutableValue(of: id)
        #expect(seen.insert(try present(shard.currentVersion(of: id))).inserted)
        shard.remove(id, in: db0)
        id = try present(shard.set(bytes("a"), bytes("v")))
        #expect(
            seen.insert(try present(shard.version(of: id)).1).inserted, "not even after delete and re-create"
        )
        for version in seen { #expect(version <= UInt64(Int64.max), "a version is an integer reply") }
    }

    @Test func aRestartIsAheadOfItsFormerSelf() throws {
        var before = makeShard(startMicros: 1_700_000_000_000_000)
        let old = try present(before.set(bytes("a"), bytes("v")))
        var (id, version) = try present(before.version(of: old))
        // A thousand writes in the microsecond before the restart.
        for _ in 0..<1_000 {
            _ = before.mutableValue(of: id)
            (id, version) = try present(before.version(of: id))
        }
        var after = makeShard(startMicros: 1_700_000_000_000_001)
        let new = try present(after.set(bytes("a"), bytes("v")))
        #expect(try present(after.version(of: new)).1 > version)
    }
}
