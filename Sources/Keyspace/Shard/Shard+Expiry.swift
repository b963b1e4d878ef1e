import Memory

extension Shard {
    /// Sets when the entry expires, or with nil that it does not. The entry may move; nil where the arena has no
    /// room, and then nothing has changed.
    public mutating func setExpiry(of id: EntryID, to expiry: UnixMillis?) -> EntryID? {
        let old = entry(id)
        let database = owner(of: id)
        preserve(id, in: database)
        guard let expiry else {
            if !old.header.isExpiring { return id }
            unschedule(id.handle, database)
            guard
                let moved = rebuild(
                    id, flags: old.header.flags & ~EntryHeader.expiring, valueLength: old.valueLength)
            else {
                schedule(id.handle, old.expiry, database)
                return nil
            }
            noteWrite(moved)
            changes &+= 1
            return moved
        }
        if old.header.isExpiring {
            unschedule(id.handle, database)
            schedule(id.handle, expiry, database)
            noteWrite(id)
            changes &+= 1
            return id
        }
        if !openWheel(database, now: latest) { return nil }
        let flags = old.header.flags | EntryHeader.expiring
        guard let moved = rebuild(id, flags: flags, valueLength: old.valueLength) else { return nil }
        schedule(moved.handle, expiry, database)
        noteWrite(moved)
        changes &+= 1
        return moved
    }

    /// Removes entries whose time is over, `atMost` of them or as many steps of the wheel; answers how many. Due
    /// entries come before the wheel's work ahead, and databases take turns in going first.
    public mutating func expire(at now: UnixMillis, atMost entries: Int) -> Int {
        latest = max(latest, now)
        var budget = entries
        var removed = 0
        for turn in 0..<databaseCount where budget > 0 {
            let database = (expiryTurn + turn) % databaseCount
            if databases[database].wheel.count > 0 {
                removed += expire(database, at: now, &budget)
            }
        }
        expiryTurn = (expiryTurn + 1) % databaseCount
        workDue = nextWork
        tidy()
        return removed
    }

    private mutating func expire(
        _ database: Int, at now: UnixMillis, _ budget: inout Int
    ) -> Int {
        var removed = 0
        // A tick is over when its last millisecond is.
        let over = Wheel.tick(now)
        while budget > 0 {
            let due = databases[database].wheel.nextDue(by: over, budget: &budget, arena.addresses)
            guard let handle = due else { break }
            // Unsafe: the key is looked at in this turn of the loop only.
            let key = unsafe Entry(handle, arena.addresses).keyBytes
            let hash = unsafe hasher.hash(RawSpan(_unsafeBytes: key))
            let found = databases[database].table.locate(handle, hash, arena.addresses)
            guard let id = found else {
                preconditionFailure("the wheel holds an entry that the table does not")
            }
            expire(id, database)
            removed += 1
            budget -= 1
        }
        databases[database].wheel.lookAhead(budget: &budget, arena.addresses)
        return removed
    }

    /// When `expire` next has something to do; nil when nothing expires. As of its last call: an entry scheduled since
    /// counts with its own tick, though the wheel may want to move it nearer before.
    public var nextExpiryDue: UnixMillis? { workDue }

    /// Whether `expire` has something to do now.
    public func isDue(at now: UnixMillis) -> Bool {
        guard let workDue else { return false }
        return workDue <= now
    }

    private var nextWork: UnixMillis? {
        var next: UInt64?
        for index in 0..<databaseCount {
            guard let tick = databases[index].wheel.nextWork(arena.addresses) else { continue }
            next = min(next ?? tick, tick)
        }
        guard let next else { return nil }
        return Wheel.start(of: next)
    }

    /// How many of the database's keys expire.
    public func expiringCount(in index: DatabaseIndex) -> Int { databases[index].wheel.count }

    /// The mean time left of the database's expiring keys in milliseconds; 0 when there are none.
    public func averageTTL(in index: DatabaseIndex, at now: UnixMillis) -> Int64 {
        let database = Int(index.rawValue)
        let count = Int128(databases[database].wheel.count)
        if count == 0 { return 0 }
        return Int64(clamping: max(0, databases[database].expirySum / count - Int128(now.rawValue)))
    }

    /// Removes an entry whose time is over.
    mutating func expire(_ id: EntryID, _ database: Int) {
        if removals.isKept { noteRemoval(id, database) }
        discard(id, database)
        expired &+= 1
    }

    /// Makes sure that the database has a wheel.
    mutating func openWheel(_ database: Int, now: UnixMillis) -> Bool {
        let heap = databases[database].heap
        return databases[database].wheel.open(&arena, heap: heap, now: now)
    }

    /// Sets an entry's expiry and threads it into the wheel, which is open.
    mutating func schedule(_ handle: Handle, _ expiry: UnixMillis, _ database: Int) {
        let due = Wheel.start(of: Wheel.tick(expiry) + 1)
        workDue = min(workDue ?? due, due)
        Entry(handle, arena.addresses).expiry = expiry
        databases[database].wheel.insert(handle, arena.addresses)
        databases[database].expirySum += Int128(expiry.rawValue)
    }

    func unschedule(_ handle: Handle, _ database: Int) {
        databases[database].expirySum -= Int128(Entry(handle, arena.addresses).expiry.rawValue)
        databases[database].wheel.remove(handle, arena.addresses)
    }

    /// The database whose heap the entry's block is from.
    func owner(of id: EntryID) -> Int {
        let heap = arena.heap(of: id.handle)
        var index = 0
        while databases[index].heap != heap { index += 1 }
        return index
    }
}
