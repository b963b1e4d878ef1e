import Testing

@testable import Keyspace

extension Shard {
    /// Evicts one key by the rules in force; answers which.
    mutating func evictOne(at now: UnixMillis = start) -> [UInt8]? {
        let chosen = chooseVictim(at: now)
        guard let victim = chosen else { return nil }
        let name = array(key(of: victim.id))
        evict(victim)
        return name
    }

    mutating func setPolicy(_ policy: EvictionPolicy, samples: Int = 5) {
        setEvictionRules(EvictionRules(policy: policy, samples: samples))
    }
}

/// What is chosen, held to the exact orders of recency, frequency and time left.
struct EvictionTests {
    static let volatilePolicies = EvictionPolicy.allCases.filter(\.isVolatile)
    static let evictingPolicies = EvictionPolicy.allCases.filter { $0 != .noEviction }

    @Test func withoutAPolicyNothingGoes() {
        var shard = makeShard()
        shard.set(bytes("a"), bytes("v"))
        #expect(shard.evictOne() == nil)
        #expect(shard.evictableCount == 0 && shard.keyCount == 1)
    }

    @Test(arguments: evictingPolicies) func anEmptyShardHasNoVictim(_ policy: EvictionPolicy) {
        var shard = makeShard()
        shard.setPolicy(policy)
        #expect(shard.evictOne() == nil)
    }

    /// One key in a thousand expires, or a tenth, or half: all of those go, in whatever order, and nothing else ever.
    @Test(arguments: volatilePolicies, [2, 10, 1000])
    func volatilePoliciesTakeOnlyWhatExpires(_ policy: EvictionPolicy, every: Int) {
        var shard = makeShard()
        for number in 0..<4_000 {
            let expires = number % every == 0
            shard.set(
                bytes("key:\(number)"), bytes("v"), in: number % 3 == 0 ? db1 : db0,
                expiry: expires ? .at(start + Int64(1 + number) * 1_000) : .clear)
        }
        shard.setPolicy(policy)
        let expiring = (0..<4_000).count { $0 % every == 0 }
        #expect(shard.evictableCount == expiring)
        var gone = Set<[UInt8]>()
        while let key = shard.evictOne() { gone.insert(key) }
        #expect(gone == Set((0..<4_000).filter { $0 % every == 0 }.map { bytes("key:\($0)") }))
        #expect(shard.keyCount == 4_000 - expiring)
        #expect(shard.evicted == UInt64(expiring))
        #expect(shard.checkInvariants() == [])
    }

    @Test(arguments: evictingPolicies.filter { !$0.isVolatile })
    func theOthersTakeEverything(_ policy: EvictionPolicy) {
        var shard = makeShard()
        shard.setPolicy(policy)
        for number in 0..<3_000 {
            shard.set(
                bytes("key:\(number)"), bytes("v"), in: number % 2 == 0 ? db1 : db0,
                expiry: number % 3 == 0 ? .at(start + 1_000_000) : .clear)
        }
        var count = 0
        while shard.evictOne() != nil { count += 1 }
        #expect(count == 3_000 && shard.keyCount == 0)
        #expect(shard.checkInvariants() == [])
    }

    /// Half the keys were used a second later than each before: of those that go first, nearly all are of the oldest
    /// third. The mean rank of 2,000 victims of 10,000 is 1,000 for exact LRU, 1,515 for five samples drawn independently
    /// and sixteen candidates, 5,000 for random ones.
    @Test func recencyIsNearlyExact() {
        var shard = makeShard()
        shard.setPolicy(.allKeysLRU)
        for number in 0..<10_000 {
            shard.set(bytes("\(number)"), bytes("v"), at: start + Int64(number) * 1_000)
        }
        let ranks = (0..<2_000).compactMap { _ in shard.evictOne(at: start + 10_000_000) }.map(rank)
        let mean = ranks.reduce(0, +) / max(1, ranks.count)
        #expect(ranks.count == 2_000 && mean < 1_620, "mean rank \(mean)")
        let old = ranks.count { $0 < 3_333 }
        #expect(old > 1_900, "\(old) of the oldest third")
    }

    /// With as many samples as the pool remembers it comes closer still.
    @Test func moreSamplesAreNearer() {
        func mean(samples: Int) -> Int {
            var shard = makeShard()
            shard.setPolicy(.allKeysLRU, samples: samples)
            for number in 0..<10_000 {
                shard.set(bytes("\(number)"), bytes("v"), at: start + Int64(number) * 1_000)
            }
            let ranks = (0..<1_000).compactMap { _ in shard.evictOne(at: start + 10_000_000) }.map(rank)
            return ranks.reduce(0, +) / max(1, ranks.count)
        }
        let (one, five, twenty) = (mean(samples: 1), mean(samples: 5), mean(samples: 20))
        #expect(twenty < five && five < one, "\(twenty), \(five), \(one)")
    }

    /// What was read in the meantime is not taken, though it was a candidate.
    @Test func whatIsUsedAgainStays() {
        var shard = makeShard()
        shard.setPolicy(.allKeysLRU)
        for number in 0..<1_000 { shard.set(bytes("\(number)"), bytes("v"), at: start) }
        _ = shard.evictOne(at: start + 10_000)
        // The rest of the pool is read now; one key is left alone.
        let left = shard.look(bytes("500"), at: start, .peek) == nil ? "501" : "500"
        for number in 0..<1_000 where "\(number)" != left {
            _ = shard.get(bytes("\(number)"), at: start + 20_000)
        }
        var before = 0
        while let key = shard.evictOne(at: start + 30_000), key != bytes(left) { before += 1 }
        #expect(before < 700, "the only idle key of 999 went after \(before) others")
    }

    /// A tenth of the keys is read twenty times as often as the others: hardly any of it is among the first half to go.
    @Test(arguments: [EvictionPolicy.allKeysLFU, .allKeysS3FIFO])
    func whatIsUsedOftenStays(_ policy: EvictionPolicy) {
        var shard = makeShard()
        // With a factor of 0 every hit counts; with 10, twenty hits may look like one.
        shard.setEvictionRules(EvictionRules(policy: policy, logFactor: 0))
        for number in 0..<5_000 { shard.set(bytes("\(number)"), bytes("v")) }
        for _ in 0..<20 { for number in 0..<500 { _ = shard.get(bytes("\(number)")) } }
        for number in 500..<5_000 { _ = shard.get(bytes("\(number)")) }
        let ranks = (0..<2_500).compactMap { _ in shard.evictOne() }.map(rank)
        let often = ranks.count { $0 < 500 }
        #expect(ranks.count == 2_500 && often < 25, "\(often) of those used often")
    }

    @Test func theFirstToExpireGoesFirst() {
        var dice = Dice(seed: 7)
        var shard = makeShard()
        shard.setPolicy(.volatileTTL)
        var times: [Int64] = []
        for number in 0..<3_000 {
            let ttl = Int64(dice.below(1 << (10 + dice.below(20)))) + 1_000
            times.append(ttl)
            shard.set(
                bytes("\(number)"), bytes("v"), in: number % 2 == 0 ? db0 : db1, expiry: .at(start + ttl))
        }
        let gone = (0..<1_000).compactMap { _ in shard.evictOne() }.map { times[rank($0)] }
        let sorted = times.sorted()
        // Exact up to a slot of the wheel: what goes is among the first of what is left, give or take a tenth.
        #expect(gone.count == 1_000)
        for (place, time) in gone.enumerated() {
            #expect(time <= sorted[min(sorted.count - 1, place + 300)], "victim \(place) expires at \(time)")
        }
    }

    /// All live for a day, a millisecond apart: one slot of the wheel holds them, and still the oldest goes, not the newest.
    @Test func ofEqualTimesToLiveTheOldestGoesFirst() {
        var shard = makeShard()
        shard.setPolicy(.volatileTTL)
        for number in 0..<3_000 {
            let now = start + Int64(number)
            shard.set(bytes("\(number)"), bytes("v"), expiry: .at(now + 86_400_000), at: now)
        }
        let gone = (0..<1_000).compactMap { _ in shard.evictOne(at: start + 3_000) }.map(rank)
        #expect(gone == Array(0..<1_000))
    }

    /// Any key is as likely to go: the mean rank of the victims is the middle.
    @Test func randomTakesAnything() {
        var shard = makeShard()
        shard.setPolicy(.allKeysRandom)
        for number in 0..<10_000 {
            shard.set(bytes("\(number)"), bytes("v"), at: start + Int64(number) * 1_000)
        }
        let ranks = (0..<4_000).compactMap { _ in shard.evictOne(at: start + 10_000_000) }.map(rank)
        let mean = ranks.reduce(0, +) / max(1, ranks.count)
        #expect(ranks.count == 4_000 && abs(mean - 5_000) < 250, "mean rank \(mean)")
    }

    private func rank(_ key: [UInt8]) -> Int { Int(String(decoding: key, as: UTF8.self)) ?? -1 }
}

/// Caches fed with traces: hit ratios against exact models with the same seed.
struct EvictionQualityTests {
    /// A hot set of nine tenths of the cache, and a scan through ten caches: the scan must not flush the hot set.
    @Test func aScanPassesThrough() {
        let cache = 1_000
        func hits(_ policy: EvictionPolicy) -> Int {
            var (dice, place, hits) = (Dice(seed: 11), 0, 0)
            var shard = makeShard()
            shard.setPolicy(policy)
            for request in 0..<60_000 {
                let isHot = dice.next() >> 63 == 0
                place += 1
                let number = isHot ? dice.below(cache * 9 / 10) : cache + place % (cache * 10)
                let hit = shard.request(number, cache, at: start + Int64(request))
                if hit, request > 30_000 { hits += 1 }
            }
            #expect(shard.checkInvariants() == [])
            return hits
        }
        let (lru, ours) = (hits(.allKeysLRU), hits(.allKeysS3FIFO))
        #expect(ours > 13_700, "\(ours) of about 15,000 possible hits")
        #expect(lru < 10_000, "\(lru)")
    }

    /// Zipf-like requests: sampled recency comes within two points of exact LRU.
    @Test func recencyComesNearExactLRU() {
        let cache = 1_000
        var (dice, hits, exactHits) = (Dice(seed: 5), 0, 0)
        var shard = makeShard()
        shard.setPolicy(.allKeysLRU)
        var lastUse: [Int: Int] = [:]
        var order: [Int: Int] = [:]
        var oldest = 0
        for request in 0..<40_000 {
            // Products of two uniform numbers favour the small ones.
            let number = dice.below(10_000) * dice.below(10_000) / 10_000
            if shard.request(number, cache, at: start + Int64(request) * 1_000) { hits += 1 }
            if let last = lastUse[number] {
                exactHits += 1
                order[last] = nil
            } else if lastUse.count == cache {
                while order[oldest] == nil { oldest += 1 }
                if let gone = order.removeValue(forKey: oldest) { lastUse[gone] = nil }
            }
            lastUse[number] = request
            order[request] = number
        }
        #expect(abs(hits - exactHits) < 1_200, "\(hits) hits, exactly \(exactHits)")
    }

    /// The policy changes while the cache works, again and again: it stays bounded and whole, and a switch to recency is
    /// good again after all has been used once.
    @Test func policiesChangeAtRunTime() {
        let seed = freshSeed("policies")
        var dice = Dice(seed: seed)
        var shard = makeShard()
        let cache = 500
        for request in 0..<12_000 {
            if request % 300 == 0, let policy = EvictionPolicy.allCases.randomElement(using: &dice) {
                shard.setPolicy(policy, samples: 1 + dice.below(20))
            }
            _ = shard.request(
                dice.below(2_000), cache, at: start + Int64(request) * 100,
                expiry: dice.below(2) == 0 ? .at(start + 100_000_000) : .clear)
            if request % 3_000 == 0 { #expect(shard.checkInvariants() == []) }
            if dice.below(5_000) == 0 { shard.swap(db0, db1) }
            if dice.below(20_000) == 0 { shard.flush(in: db0) }
        }
        #expect(shard.checkInvariants() == [])
    }
}

extension Shard {
    /// A read-through cache of `limit` keys: whether the key was there.
    mutating func request(
        _ number: Int, _ limit: Int, at now: UnixMillis, expiry: ExpiryChange = .clear
    ) -> Bool {
        let key = Array("key:\(number)".utf8)
        if look(key, at: now, .read) != nil { return true }
        while keyCount >= limit, evictOne(at: now) != nil {}
        set(key, [0x76], expiry: expiry, at: now)
        return false
    }
}
