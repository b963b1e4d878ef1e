import Testing

@testable import Keyspace

/// The 24 bits in their three readings.
struct AccessClockTests {
    @Test func secondsWrapAfter194Days() {
        let clock = AccessClock.seconds(start)
        #expect(AccessClock.idleSeconds(clock, at: start + 5_999) == 5)
        #expect(AccessClock.idleSeconds(clock, at: start + (1 << 24) * 1_000) == 0)
        #expect(AccessClock.idleSeconds(clock, at: start + ((1 << 24) - 1) * 1_000) == (1 << 24) - 1)
    }

    @Test func theCounterDecaysByTheMinute() {
        let clock = AccessClock.minutes(start) << 8 | 100
        #expect(AccessClock.counter(clock, at: start + 10 * 60_000, decayMinutes: 1) == 90)
        #expect(AccessClock.counter(clock, at: start + 10 * 60_000, decayMinutes: 5) == 98)
        #expect(AccessClock.counter(clock, at: start + 10 * 60_000, decayMinutes: 0) == 100)
        #expect(AccessClock.counter(clock, at: start + 1_000 * 60_000, decayMinutes: 1) == 0)
    }

    /// The table in Redis's configuration file: about so many hits bring the counter so far.
    @Test(arguments: [(10, 1_000, 18), (10, 100_000, 142), (1, 1_000, 49), (100, 100_000, 49)])
    func theCounterGrowsLogarithmically(_ logFactor: Int, _ hits: Int, _ expected: UInt32) {
        var dice = Dice(seed: UInt64(logFactor))
        var sum: UInt32 = 0
        for _ in 0..<8 {
            var counter = AccessClock.counterAtStart
            for _ in 0..<hits {
                counter = AccessClock.incremented(counter, logFactor: logFactor, random: dice.next())
            }
            sum += counter
        }
        let mean = sum / 8
        #expect(mean > expected * 8 / 10 && mean < expected * 12 / 10 + 2, "\(mean), about \(expected)")
    }

    @Test func theCounterStopsAt255AndTakesAnyFactor() {
        #expect(AccessClock.incremented(255, logFactor: 0, random: 0) == 255)
        #expect(AccessClock.incremented(254, logFactor: 0, random: .max) == 255)
        #expect(AccessClock.incremented(200, logFactor: .max, random: .max) == 200)
        #expect(AccessClock.incremented(5, logFactor: 10, random: .max) == 6, "the first hit always counts")
    }

    /// Under LFU a write over a key keeps its counter, and CLIENT NO-TOUCH leaves every clock alone.
    @Test func overwritingKeepsTheCounter() throws {
        var shard = makeShard()
        shard.setEvictionRules(EvictionRules(policy: .allKeysLFU, logFactor: 0))
        shard.set(bytes("a"), bytes("v"))
        for _ in 0..<10 { _ = shard.get(bytes("a")) }
        var id = try present(shard.look(bytes("a"), .peek))
        #expect(shard.frequency(of: id, at: start) == 15)
        shard.set(bytes("a"), bytes("a value of another size, in another block altogether"))
        id = try present(shard.look(bytes("a"), .peek))
        #expect(shard.frequency(of: id, at: start) == 16)
        _ = shard.look(bytes("a"), .alter)
        _ = shard.look(bytes("a"), .inspect)
        let hash = shard.hash(bytes("a").raw)
        _ = shard.store(
            bytes("a").raw, hash, in: db0, value: bytes("w").raw, encoding: .raw, expiry: .clear, at: start,
            touching: false)
        id = try present(shard.look(bytes("a"), .peek))
        #expect(shard.frequency(of: id, at: start) == 16)
    }

    @Test func hitsAreHalvedAndNewcomersPassedOver() {
        var history = AccessHistory()
        history.resize(keys: 1_000)
        let new = history.entered(ghostHits: nil)
        #expect(new & AccessHistory.newcomer != 0)
        var used = new
        for _ in 0..<9 { used = history.touched(used) }
        #expect(used & AccessHistory.newcomer == 0 && history.hits(used) == AccessHistory.hitsMax)
        for _ in 0..<2_000 { _ = history.entered(ghostHits: nil) }
        #expect(history.hits(used) == 3)
        for _ in 0..<2_000 { _ = history.entered(ghostHits: nil) }
        #expect(history.hits(used) == 1)
        let back = history.entered(ghostHits: 2)
        #expect(back & AccessHistory.newcomer == 0 && history.hits(back) == 3)
        // Few newcomers: residents go first. Many: newcomers do.
        let fresh = history.entered(ghostHits: nil)
        #expect(history.score(fresh) < history.score(back))
        for _ in 0..<2_000 { history.sampled(fresh) }
        #expect(history.score(fresh) > history.score(used))
    }

    @Test func ghostsAreRememberedOnce() {
        guard let ghosts = GhostTable(keys: 1_000) else {
            Issue.record("no address space for the ghosts")
            return
        }
        #expect(ghosts.byteCount == 4_000)
        let hashes = hashes(3_000)
        for hash in hashes[..<1_000] { ghosts.remember(hash, hits: 3) }
        #expect(
            hashes[1_000..<2_000].count { ghosts.take($0) != nil } < 10, "what never was is not remembered")
        let found = hashes[..<1_000].map { ghosts.take($0) }
        #expect(found.count { $0 != nil } > 950 && found.allSatisfy { $0 == nil || $0 == 3 })
        #expect(hashes[..<1_000].count { ghosts.take($0) != nil } < 10, "taken once, gone")
    }

    /// Twice as many as there are keys; the oldest go first.
    @Test func ghostsAreForgottenInTheOrderTheyCame() {
        guard let ghosts = GhostTable(keys: 1_000) else {
            Issue.record("no address space for the ghosts")
            return
        }
        let hashes = hashes(6_000)
        for hash in hashes { ghosts.remember(hash, hits: 6) }
        let found = hashes.map { ghosts.take($0) }
        #expect(found[..<2_000].count { $0 != nil } < 40)
        #expect(found[5_000...].count { $0 != nil } > 900)
        #expect(found[2_000..<4_000].count { $0 != nil } < found[4_000...].count { $0 != nil })
        let last = hashes[5_999]
        ghosts.remember(last, hits: 9)
        #expect(ghosts.take(last) == 7)
    }

    private func hashes(_ count: Int) -> [KeyHash] {
        (0..<count).map { KeyHasher(seed: (1, 2)).hash(bytes("key:\($0)").raw) }
    }
}
