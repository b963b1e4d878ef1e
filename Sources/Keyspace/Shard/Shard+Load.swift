import Memory

/// What became of an entry that was read from a file.
public enum LoadOutcome: Sendable {
    /// It is there now.
    case stored
    /// The key was there already; nothing has changed.
    case duplicate
    /// The arena has no room; nothing has changed.
    case noRoom
}

extension Shard {
    /// About so many keys are to be loaded into a database.
    public mutating func prepare(for keys: Int, in index: DatabaseIndex) {
        let database = Int(index.rawValue)
        databases[database].table.prepare(for: keys, &arena, heap: databases[database].heap)
    }

    /// Inserts a key that is expected to be new. Counts as no write: the file it comes from has it.
    /// - Parameters:
    ///   - idleSeconds: since it was last used, if that is known.
    ///   - frequency: how often it has been used, if that is known.
    public mutating func load(
        _ key: RawSpan, _ hash: KeyHash, in index: DatabaseIndex, value: RawSpan, encoding: Encoding,
        expiry: UnixMillis?, idleSeconds: Int? = nil, frequency: UInt8? = nil, at now: UnixMillis
    ) -> LoadOutcome {
        latest = now
        let database = Int(index.rawValue)
        if locate(key, hash, in: index) != nil { return .duplicate }
        if expiry != nil && !openWheel(database, now: now) { return .noRoom }
        let stored = insert(key, hash, database, value, encoding, expiry, at: now)
        guard let id = stored else { return .noRoom }
        changes &-= 1
        if let idleSeconds { setIdle(of: id, seconds: idleSeconds, at: now) }
        if let frequency { setFrequency(of: id, frequency, at: now) }
        return .stored
    }

    /// Sets how long ago the entry was last used, under a policy that goes by that; what is longer than the clock reaches
    /// counts as its longest.
    public mutating func setIdle(of id: EntryID, seconds: Int, at now: UnixMillis) {
        guard eviction.clock == .seconds else { return }
        setClock(of: id, AccessClock.seconds(now) &- UInt32(min(max(0, seconds), 0xFF_FFFF)))
    }

    /// Sets the access counter, under a policy that keeps one.
    public mutating func setFrequency(of id: EntryID, _ counter: UInt8, at now: UnixMillis) {
        guard eviction.clock == .frequency else { return }
        setClock(of: id, AccessClock.minutes(now) << 8 | UInt32(counter))
    }

    private func setClock(of id: EntryID, _ clock: UInt32) {
        var header = entry(id).header
        header.clock = clock & 0xFF_FFFF
        entry(id).header = header
    }
}
