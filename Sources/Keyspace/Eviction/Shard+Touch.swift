import Memory

// The access clocks of entries: set when they come in and when they are used, in the reading of the policy in force.

extension Shard {
    /// Marks the entry as used.
    @inline(__always) mutating func touch(_ entry: Entry, _ header: EntryHeader, at now: UnixMillis) {
        let clock =
            eviction.clock == .seconds ? AccessClock.seconds(now) : countedClock(header.clock, at: now)
        // The same second, a counter that did not move: the read leaves the line clean.
        if header.clock == clock { return }
        var touched = header
        touched.clock = clock
        entry.header = touched
    }

    /// The clock of an entry that is used, by how often it was.
    @inline(never) private mutating func countedClock(_ clock: UInt32, at now: UnixMillis) -> UInt32 {
        if eviction.clock == .history { return eviction.history.touched(clock) }
        return AccessClock.touched(clock, at: now, eviction.rules, random: eviction.random())
    }

    /// The clock of an entry whose value is replaced.
    @inline(__always)
    mutating func clockOfOverwritten(_ clock: UInt32, at now: UnixMillis, touching: Bool) -> UInt32 {
        if !touching { return clock }
        return eviction.clock == .seconds ? AccessClock.seconds(now) : countedClock(clock, at: now)
    }

    /// The clock of an entry that comes in.
    @inline(__always) mutating func clockOfNew(_ hash: KeyHash, at now: UnixMillis) -> UInt32 {
        switch eviction.clock {
        case .seconds: AccessClock.seconds(now)
        case .frequency: AccessClock.frequencyAtStart(at: now)
        case .history: rememberedClock(hash)
        }
    }

    @inline(never) private mutating func rememberedClock(_ hash: KeyHash) -> UInt32 {
        let ghost = eviction.takeGhost(hash)
        return eviction.history.entered(ghostHits: ghost)
    }
}
