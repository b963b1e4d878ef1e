import Memory

// Looking at an entry. Each view borrows the shard: nothing can be changed while it is held.

extension Shard {
    /// The entry's key.
    @_lifetime(borrow self)
    public func key(of id: EntryID) -> RawSpan {
        // Unsafe: the bytes are the entry's, which stays where it is as long as the shard is borrowed.
        let bytes = unsafe entry(id).keyBytes
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// The entry's value.
    @_lifetime(borrow self)
    public func value(of id: EntryID) -> RawSpan {
        // Unsafe: as above.
        let bytes = unsafe UnsafeRawBufferPointer(entry(id).valueBytes)
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// The entry's value, to be changed in place without changing its length. Counts as a write: the version changes.
    @_lifetime(&self)
    public mutating func mutableValue(of id: EntryID) -> MutableRawSpan {
        preserve(id)
        noteWrite(id)
        changes &+= 1
        // Unsafe: as above, and nothing else can reach the entry while the shard is borrowed mutably.
        let bytes = unsafe entry(id).valueBytes
        return unsafe _overrideLifetime(MutableRawSpan(_unsafeBytes: bytes), mutating: &self)
    }

    /// What type of value the entry holds.
    public func kind(of id: EntryID) -> ValueKind { entry(id).header.kind }

    /// How the value is kept.
    public func encoding(of id: EntryID) -> Encoding { entry(id).header.encoding }

    /// Says how the value is kept from now on.
    public mutating func setEncoding(of id: EntryID, _ encoding: Encoding) {
        var header = entry(id).header
        header.encoding = encoding
        entry(id).header = header
    }

    /// When the entry expires, if it does.
    public func expiry(of id: EntryID) -> UnixMillis? {
        let entry = entry(id)
        return entry.header.isExpiring ? entry.expiry : nil
    }

    /// Whether the entry's time is over.
    public func isExpired(_ id: EntryID, at now: UnixMillis) -> Bool {
        let entry = entry(id)
        return entry.header.isExpiring && entry.expiry < now && !isReplaying
    }

    /// Seconds since the entry was last found (OBJECT IDLETIME), modulo 194 days.
    public func idleSeconds(of id: EntryID, at now: UnixMillis) -> Int {
        Int(AccessClock.idleSeconds(entry(id).header.clock, at: now))
    }

    /// How often the entry has been used (OBJECT FREQ): the logarithmic counter under an LFU policy, hits under
    /// `allkeys-s3fifo`. Meaningless under others.
    public func frequency(of id: EntryID, at now: UnixMillis) -> Int {
        let clock = entry(id).header.clock
        if eviction.clock == .history { return Int(eviction.history.hits(clock)) }
        return Int(AccessClock.counter(clock, at: now, decayMinutes: eviction.rules.decayMinutes))
    }

    /// Bytes the entry takes: its block and its share of a bucket (MEMORY USAGE).
    public func bytes(of id: EntryID) -> Int {
        arena.blockBytes(for: entry(id).byteCount) + Segment.byteCount / (Segment.bucketCount * 8)
    }

    /// The entry, after checking that the table still holds it where it was found.
    func entry(_ id: EntryID) -> Entry {
        precondition(Table.holds(id, arena.addresses), "an entry was used after it moved or was removed")
        return Entry(id.handle, arena.addresses)
    }
}
