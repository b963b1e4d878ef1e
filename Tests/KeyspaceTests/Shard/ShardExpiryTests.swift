import Testing

@testable import Keyspace

struct ShardExpiryTests {
    @Test func isOverOnlyAfterItsMillisecond() {
        var shard = makeShard()
        shard.set(bytes("a"), bytes("v"), expiry: .at(start + 100))
        #expect(shard.get(bytes("a"), at: start + 100) == bytes("v"))
        #expect(shard.get(bytes("a"), at: start + 101, .peek) == nil)
        #expect(shard.count(in: db0) == 1, "peeking removes nothing")
        #expect(shard.get(bytes("a"), at: start + 101) == nil)
        #expect(shard.count(in: db0) == 0)
        #expect(shard.expired == 1)
        #expect(shard.hits == 1 && shard.misses == 1)
    }

    /// Times to live from a millisecond to 200 years, the clock in uneven steps: nothing goes early, nothing is more
    /// than a tick late.
    @Test func nothingEarlyNothingLate() {
        let seed = freshSeed("expiry")
        var dice = Dice(seed: seed)
        var shard = makeShard()
        var due: [Int64] = []
        for number in 0..<20_000 {
            let bits = dice.below(43)
            let ttl = Int64(truncatingIfNeeded: dice.next() >> UInt64(63 - bits)) + 1
            due.append(ttl)
            shard.set(bytes("key:\(number)"), bytes("v"), expiry: .at(start + ttl))
        }
        due.sort()
        var now: Int64 = 0
        while now < due[due.count - 1] + 100 {
            now += Int64(truncatingIfNeeded: dice.next() >> UInt64(63 - dice.below(40))) + 1
            while shard.expire(at: start + now, atMost: 1_000) > 0 {}
            let left = due.count { $0 >= now }
            let leftAtMost = due.count { $0 >= now - 64 }
            let count = shard.count(in: db0)
            #expect(
                count >= left && count <= leftAtMost,
                "at \(now): \(count) left, \(left)...\(leftAtMost) expected")
            if shard.checkInvariants() != [] {
                Issue.record("unsound at \(now): \(shard.checkInvariants())")
                return
            }
        }
        #expect(shard.count(in: db0) == 0)
    }

    @Test func aSliceIsBoundedAndTheRestFollows() {
        var shard = makeShard()
        for number in 0..<10_000 { shard.set(bytes("key:\(number)"), bytes("v"), expiry: .at(start + 500)) }
        #expect(shard.expire(at: start + 2_000, atMost: 100) == 100)
        #expect(shard.count(in: db0) == 9_900)
        var slices = 0
        while shard.expire(at: start + 2_000, atMost: 100) > 0 { slices += 1 }
        #expect(slices == 99)
    }

    @Test func saysWhenThereIsWork() throws {
        var shard = makeShard()
        #expect(shard.nextExpiryDue == nil)
        shard.set(bytes("a"), bytes("v"), expiry: .at(start + 5_000))
        let due = try present(shard.nextExpiryDue)
        #expect(due >= start + 5_000 && due < start + 5_200)
        #expect(shard.expire(at: start + 4_000, atMost: 10) == 0)
        #expect(shard.expire(at: due, atMost: 10) == 1)
        #expect(shard.nextExpiryDue == nil)
        // Sleeping from due time to due time is enough, however far ahead the key expires.
        shard.set(bytes("far"), bytes("v"), expiry: .at(start + 400_000_000_000))
        var wakes = 0
        while let next = shard.nextExpiryDue, wakes < 100 {
            _ = shard.expire(at: next, atMost: 10)
            wakes += 1
        }
        #expect(shard.count(in: db0) == 0)
        #expect(wakes < 20, "a lone key should wake its core a few times, not \(wakes)")
    }

    @Test func keepsClearsAndSetsExpiry() throws {
        var shard = makeShard()
        shard.set(bytes("a"), bytes("v"), expiry: .at(start + 1_000))
        shard.set(bytes("a"), bytes("w"), expiry: .keep)
        #expect(shard.expiry(of: try present(shard.look(bytes("a")))) == start + 1_000)
        #expect(shard.expiringCount(in: db0) == 1)
        #expect(shard.averageTTL(in: db0, at: start) == 1_000)
        shard.set(bytes("a"), bytes("x"))
        #expect(shard.expiry(of: try present(shard.look(bytes("a")))) == nil)
        #expect(shard.expiringCount(in: db0) == 0)
        let id = try present(shard.look(bytes("a")))
        let moved = try present(shard.setExpiry(of: id, to: start + 70))
        #expect(array(shard.value(of: moved)) == bytes("x"))
        #expect(shard.expire(at: start + 1_000, atMost: 10) == 1)
        #expect(shard.checkInvariants() == [])
    }

    @Test func extremeTimesAreHeld() throws {
        var shard = makeShard()
        for time in [Int64.min, -1, 0, Int64.max - 1, Int64.max] {
            let id = try present(shard.set(bytes("a"), bytes("v"), expiry: .at(UnixMillis(rawValue: time))))
            #expect(shard.expiry(of: id) == UnixMillis(rawValue: time))
            _ = shard.averageTTL(in: db0, at: start)
            #expect(shard.checkInvariants() == [])
        }
        // The clock may go backwards.
        #expect(shard.expire(at: UnixMillis(rawValue: 5), atMost: 10) == 0)
        #expect(shard.expire(at: start, atMost: 10) == 0)
        #expect(shard.count(in: db0) == 1)
    }
}
