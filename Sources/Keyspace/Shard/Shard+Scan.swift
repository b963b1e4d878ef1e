import Memory

extension Shard {
    /// How many keys the database holds, those whose time is over but which are not removed yet included.
    public func count(in index: DatabaseIndex) -> Int { databases[index].table.count }

    /// Bits of a scan cursor that may be set; a node may keep the shard's number above them.
    public static var scanCursorBits: Int { Int(Table.cursorBits) }

    /// One step of a scan: appends the entries of one home bucket (about eight) and answers the next cursor, 0 when
    /// done. Start with 0. A key that is there from the first call to the last is returned exactly once, whatever
    /// else happens between the calls. Entries whose time is over are returned too: see `isExpired`.
    public func scan(in index: DatabaseIndex, from cursor: UInt64, into ids: inout [EntryID]) -> UInt64 {
        databases[index].table.scan(from: cursor, into: &ids, arena.addresses)
    }

    /// Some entry whose time is not over, chosen by `random`, each about equally likely. After a hundred expired ones
    /// in a row it gives up.
    public mutating func randomEntry(in index: DatabaseIndex, at now: UnixMillis, random: UInt64) -> EntryID?
    {
        let database = Int(index.rawValue)
        var random = random
        for _ in 0..<100 {
            guard let id = databases[database].table.randomEntry(random, arena.addresses) else { return nil }
            if !isExpired(id, at: now) { return id }
            expire(id, database)
            random = (random &+ 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        }
        return nil
    }
}
