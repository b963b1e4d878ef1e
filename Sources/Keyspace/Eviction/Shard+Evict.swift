import Memory

/// A key that eviction has chosen: valid until the next call that changes the shard.
public struct Victim: Sendable {
    /// The entry.
    public let id: EntryID
    /// Where it is.
    public let database: DatabaseIndex
}

extension Shard {
    /// Chooses by other rules from now on (CONFIG SET maxmemory-policy).
    public mutating func setEvictionRules(_ rules: EvictionRules) {
        let isNew = rules.policy != eviction.rules.policy
        eviction.adopt(rules)
        if isNew && eviction.clock == .history { eviction.history.resize(keys: keyCount) }
    }

    /// The rules in force.
    public var evictionRules: EvictionRules { eviction.rules }

    /// The key to evict next by the rules in force; nil if there is none that may go. Looks at `maxmemory-samples` keys
    /// of each database, and at the best it has seen before.
    public mutating func chooseVictim(at now: UnixMillis) -> Victim? {
        switch eviction.rules.policy.measure {
        case .nothing: nil
        case .chance: randomVictim()
        case .timeLeft: soonestVictim()
        case .recency, .frequency, .history: sampledVictim(at: now)
        }
    }

    /// Removes the victim. It counts as evicted, not as a change of the data by anybody.
    public mutating func evict(_ victim: Victim) {
        precondition(Table.holds(victim.id, arena.addresses), "a victim was evicted after it moved or went")
        if eviction.clock == .history { leaveGhost(of: victim) }
        if removals.isKept { noteRemoval(victim.id, Int(victim.database.rawValue)) }
        discard(victim.id, Int(victim.database.rawValue))
        evicted &+= 1
    }

    /// Keys of all databases.
    public var keyCount: Int {
        var sum = 0
        for index in 0..<databaseCount { sum += databases[index].table.count }
        return sum
    }

    /// Keys that the rules in force allow to evict.
    public var evictableCount: Int {
        let policy = eviction.rules.policy
        if policy == .noEviction { return 0 }
        if !policy.isVolatile { return keyCount }
        var sum = 0
        for index in 0..<databaseCount { sum += databases[index].wheel.count }
        return sum
    }

    private mutating func leaveGhost(of victim: Victim) {
        let keys = keyCount
        eviction.history.resize(keys: keys)
        let entry = entry(victim.id)
        let hits = eviction.history.hits(entry.header.clock)
        eviction.leaveGhost(hash(of: entry), hits: hits, keys: keys)
    }

    func hash(of entry: Entry) -> KeyHash {
        // Unsafe: read at once; the entry is live.
        unsafe hasher.hash(RawSpan(_unsafeBytes: entry.keyBytes))
    }

    private func victim(_ handle: Handle, _ hash: KeyHash, _ database: Int) -> Victim? {
        guard let id = databases[database].table.locate(handle, hash, arena.addresses) else { return nil }
        return Victim(id: id, database: DatabaseIndex(rawValue: UInt8(database)))
    }

    // MARK: By time left and by chance

    private func soonestVictim() -> Victim? {
        var (found, database) = (Handle.none, 0)
        for index in 0..<databaseCount {
            guard let handle = databases[index].wheel.soonest(arena.addresses) else { continue }
            if found == .none
                || Entry(handle, arena.addresses).expiry < Entry(found, arena.addresses).expiry
            {
                (found, database) = (handle, index)
            }
        }
        if found == .none { return nil }
        return victim(found, hash(of: Entry(found, arena.addresses)), database)
    }

    private mutating func randomVictim() -> Victim? {
        guard let database = randomDatabase() else { return nil }
        var sample = EntrySample()
        take(1, from: database, into: &sample)
        if sample.count == 0 { return nil }
        return victim(sample[0], hash(of: Entry(sample[0], arena.addresses)), database)
    }

    /// A database, as likely as it has keys that may go.
    private mutating func randomDatabase() -> Int? {
        let total = evictableCount
        if total == 0 { return nil }
        var rank = Int(truncatingIfNeeded: (UInt64(total) &* (eviction.random() >> 32)) >> 32)
        for index in 0..<databaseCount {
            let here = evictableCount(in: index)
            if rank < here { return index }
            rank -= here
        }
        return nil
    }

    private func evictableCount(in database: Int) -> Int {
        eviction.rules.policy.isVolatile ? databases[database].wheel.count : databases[database].table.count
    }

    // MARK: By how they are used

    private mutating func sampledVictim(at now: UnixMillis) -> Victim? {
        // Twice where all that the pool held is gone and the sample was in vain.
        for _ in 0..<3 {
            for database in 0..<databaseCount where evictableCount(in: database) > 0 {
                fillPool(from: database, at: now)
            }
            if let victim = bestOfPool(at: now) { return victim }
        }
        // Few keys that may go among many others, or in one corner: any will do.
        return randomVictim()
    }

    private mutating func fillPool(from database: Int, at now: UnixMillis) {
        var sample = EntrySample()
        take(eviction.samples, from: database, into: &sample)
        sample.prefetch(arena.addresses)
        for index in 0..<sample.count {
            let entry = Entry(sample[index], arena.addresses)
            let clock = entry.header.clock
            if eviction.clock == .history { eviction.history.sampled(clock) }
            let score = score(clock, at: now)
            guard eviction.pool.admits(score) else { continue }
            eviction.pool.insert(
                EvictionPool.Candidate(
                    score: score, hash: hash(of: entry), handle: sample[index], database: UInt8(database)))
        }
    }

    /// The best candidate that is still there and still as good as it was, or better than the next.
    private mutating func bestOfPool(at now: UnixMillis) -> Victim? {
        for _ in 0..<2 * EvictionPool.capacity {
            guard var candidate = eviction.pool.takeBest() else { return nil }
            guard let victim = victim(candidate.handle, candidate.hash, Int(candidate.database)),
                mayGo(victim)
            else { continue }
            let score = score(entry(victim.id).header.clock, at: now)
            if score >= candidate.score || score >= eviction.pool.bestScore ?? 0 { return victim }
            candidate.score = score
            eviction.pool.insert(candidate)
        }
        return nil
    }

    private func mayGo(_ victim: Victim) -> Bool {
        !eviction.rules.policy.isVolatile || entry(victim.id).header.isExpiring
    }

    /// More is a better victim.
    private func score(_ clock: UInt32, at now: UnixMillis) -> UInt64 {
        switch eviction.clock {
        case .seconds: return UInt64(AccessClock.idleSeconds(clock, at: now))
        case .frequency:
            let rules = eviction.rules
            let counter = AccessClock.counter(clock, at: now, decayMinutes: rules.decayMinutes)
            // Of equals the one that was not touched for longer.
            let idle = (AccessClock.minutes(now) &- clock >> 8) & 0xFFFF
            return UInt64(255 - counter) << 16 | UInt64(idle)
        case .history: return eviction.history.score(clock)
        }
    }

    /// Takes a sample of the entries that may go. Those that expire are picked out of the table where they are many, and
    /// come from the wheel, which knows no others, where they are few.
    private mutating func take(_ wanted: Int, from database: Int, into sample: inout EntrySample) {
        let addresses = arena.addresses
        let random = eviction.random()
        guard eviction.rules.policy.isVolatile else {
            return databases[database].table.sample(wanted, random: random, into: &sample, addresses)
        }
        let (expiring, all) = (databases[database].wheel.count, databases[database].table.count)
        if expiring * 8 < all {
            return databases[database].wheel.sample(wanted, random: random, into: &sample, addresses)
        }
        for _ in 0..<32 where sample.count < wanted {
            var some = EntrySample()
            databases[database].table.sample(
                wanted * 2, random: eviction.random(), into: &some, addresses)
            some.prefetch(addresses)
            for index in 0..<some.count where sample.count < wanted {
                if Entry(some[index], addresses).header.isExpiring { sample.append(some[index]) }
            }
        }
        if sample.count == 0 {
            databases[database].wheel.sample(wanted, random: random, into: &sample, addresses)
        }
    }
}
