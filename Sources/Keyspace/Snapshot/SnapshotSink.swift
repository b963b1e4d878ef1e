import Memory

/// An entry as a snapshot sees it: lent for the duration of a call.
public struct SnapshotEntry: ~Escapable {
    /// The key.
    public let key: RawSpan
    /// The value.
    public let value: RawSpan
    /// What type of value it is.
    public let kind: ValueKind
    /// How it is kept.
    public let encoding: Encoding
    /// When it expires.
    public let expiry: UnixMillis?
    /// Seconds since it was last used.
    public let idleSeconds: Int
    /// Its access frequency; meaningful under an LFU policy only.
    public let frequency: Int
    /// A write waits until it has been taken.
    public let isHurried: Bool
    /// The number its database had when the snapshot began.
    public let database: Int

    @_lifetime(borrow entry)
    init(_ entry: borrowing Entry, database: Int, isHurried: Bool, at now: UnixMillis, decayMinutes: Int) {
        let header = entry.header
        // Unsafe: the walk holds the shard while the sink looks at the entry, so its block stays where it is.
        let key = unsafe RawSpan(_unsafeBytes: entry.keyBytes)
        self.key = unsafe _overrideLifetime(key, borrowing: entry)
        let value = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(entry.valueBytes))
        self.value = unsafe _overrideLifetime(value, borrowing: entry)
        kind = header.kind
        encoding = header.encoding
        expiry = header.isExpiring ? entry.expiry : nil
        idleSeconds = Int(AccessClock.idleSeconds(header.clock, at: now))
        frequency = Int(AccessClock.counter(header.clock, at: now, decayMinutes: decayMinutes))
        self.isHurried = isHurried
        self.database = database
    }
}

/// Where a snapshot's entries go. Each entry that was there when the snapshot began comes exactly once, as it was then,
/// in no particular order. Called in the middle of writes: it must take the entry, and must not call the shard.
///
/// One walk, four users: a snapshot file, the base of a rewritten log, a replica's first copy, a slot on its way to
/// another node. Each is a sink.
public protocol SnapshotSink: AnyObject {
    /// Takes one entry.
    func take(_ entry: borrowing SnapshotEntry)
}
