import Memory

// Versions for compare-and-set. An entry has none until somebody asks; then every write changes it. The counter starts
// at the wall clock in microseconds times 1024, so a restarted process is ahead of its former self as long as that
// wrote fewer than 1024 versions a microsecond, and it only counts up, so a key that is removed and stored again
// never sees an old version.

extension Shard {
    /// The entry's version; gives it one if it has none, for which the entry may move. Nil where the arena has no room.
    public mutating func version(of id: EntryID) -> (EntryID, UInt64)? {
        let old = entry(id)
        if old.header.isVersioned { return (id, old.version) }
        guard
            let moved = rebuild(
                id, flags: old.header.flags | EntryHeader.versioned, valueLength: old.valueLength)
        else { return nil }
        let version = takeVersion()
        Entry(moved.handle, arena.addresses).version = version
        return (moved, version)
    }

    /// The entry's version, if it was ever asked for.
    public func currentVersion(of id: EntryID) -> UInt64? {
        let entry = entry(id)
        return entry.header.isVersioned ? entry.version : nil
    }

    mutating func takeVersion() -> UInt64 {
        defer { nextVersion &+= 1 }
        return nextVersion
    }

    /// A write has happened to the entry.
    mutating func noteWrite(_ id: EntryID) {
        let entry = entry(id)
        if entry.header.isVersioned { entry.version = takeVersion() }
    }
}
