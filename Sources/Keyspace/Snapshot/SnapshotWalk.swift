import Memory

// A snapshot is the shard as it was at one instant, handed out while writes go on.
//
// Each home bucket carries the number of the last snapshot that has handed something out of it, whether that was the
// whole home, and if not which entries. The walk goes through the homes of all segments in the order of their prefix
// and hands out what has not been. A write hands out the entry it changes or removes, unless that has been; what it
// adds is marked, so that the walk leaves it out. So every entry goes out before its first change, and exactly once.
//
// **Why homes.** An entry's home comes from its hash alone. Where the entry lies (home, neighbour, stash) may change by
// writes to other homes, and then its mark goes with it. Only the few in the stash have no mark: a write to one of those
// hands out its whole home.
//
// **Splits.** A segment that splits is copied, marks included. Both halves lie at or behind the walk's place in the
// order of prefixes, and what was handed out carries its number in both.
//
// **Whole databases.** SWAPDB exchanges the databases with their places in the walk. A database that is flushed is set
// aside with all its memory until the walk has been through it, and an empty one takes its name.
//
// **What costs what.** Without a snapshot a write compares one number. With one, the first write to an entry pays for
// handing it out.

/// How far the walk is in one database.
struct SnapshotProgress {
    /// The database's number when the snapshot began.
    var origin = 0
    /// There is something to hand out still.
    var isPending = false
    /// The walk's place: 24 bits of prefix, and a home of the segment there.
    var prefix = 0
    var home = 0
}

/// The snapshot under way on a shard.
struct SnapshotState {
    /// The number of the snapshot under way; 0 when there is none.
    var number: UInt64 = 0
    /// Snapshots begun so far.
    var begun: UInt64 = 0
    var sink: (any SnapshotSink)?
    /// Databases flushed during the snapshot that it has not been through.
    var aside: [Database] = []
    /// Heaps that no database uses.
    var spareHeaps: [Int] = []
    /// Entries handed out by this snapshot.
    var entries = 0
    /// Homes that the walk has been through: it costs something to find them empty.
    var homes = 0
    /// Bytes of the entries handed out.
    var bytes = 0
    /// What a slice is measured by: the work of an entry of a KiB or so.
    var effort: Int { entries &+ homes >> 3 &+ bytes >> 11 }
}

extension Shard {
    /// Whether a snapshot is under way.
    public var isInSnapshot: Bool { snapshot.number != 0 }

    /// Entries that the snapshot under way has handed out.
    public var snapshotEntries: Int { snapshot.entries }

    /// Begins a snapshot of this instant. There must be none under way.
    public mutating func beginSnapshot(into sink: any SnapshotSink) {
        precondition(!isInSnapshot, "a shard takes one snapshot at a time")
        snapshot.begun += 1
        snapshot.number = snapshot.begun
        snapshot.sink = sink
        snapshot.entries = 0
        snapshot.homes = 0
        snapshot.bytes = 0
        for index in 0..<databaseCount {
            databases[index].snapshot = SnapshotProgress(
                origin: index, isPending: databases[index].table.count > 0)
        }
    }

    /// Walks on for the work of about so many entries. False when the snapshot is complete, and then over.
    public mutating func continueSnapshot(atMost entries: Int) -> Bool {
        guard isInSnapshot else { return false }
        let end = snapshot.effort + entries
        for index in 0..<databaseCount where databases[index].snapshot.isPending {
            walkDatabase(index, until: end)
            if snapshot.effort >= end { return true }
        }
        while let last = snapshot.aside.last {
            var progress = last.snapshot
            walk(last.table, &progress, until: end)
            snapshot.aside[snapshot.aside.count - 1].snapshot = progress
            if progress.isPending { return true }
            dropLastAside()
        }
        endSnapshot()
        return false
    }

    /// Gives the snapshot under way up, if there is one.
    public mutating func endSnapshot() {
        while !snapshot.aside.isEmpty { dropLastAside() }
        snapshot.sink = nil
        snapshot.number = 0
    }

    private mutating func dropLastAside() {
        let heap = snapshot.aside.removeLast().heap
        arena.reset(heap: heap)
        snapshot.spareHeaps.append(heap)
    }

    private mutating func walkDatabase(_ index: Int, until end: Int) {
        var progress = databases[index].snapshot
        walk(databases[index].table, &progress, until: end)
        databases[index].snapshot = progress
    }

    /// Hands out homes of one table until `snapshot.effort` reaches `end` or all have been.
    private mutating func walk(_ table: Table, _ progress: inout SnapshotProgress, until end: Int) {
        let addresses = arena.addresses
        while snapshot.effort < end {
            let handle = table.segment(at: progress.prefix >> (24 - table.depth), addresses)
            let segment = Segment(handle, addresses)
            if progress.home == 0 { segment.prefetchEntries(ofHome: 0, addresses) }
            while progress.home < Segment.homeCount && snapshot.effort < end {
                if progress.home + 1 < Segment.homeCount {
                    segment.prefetchEntries(ofHome: progress.home + 1, addresses)
                }
                handOut(progress.home, of: segment, origin: progress.origin, isHurried: false)
                progress.home += 1
                snapshot.homes += 1
            }
            if progress.home < Segment.homeCount { return }
            // The next segment starts where this one's share of the 24 bits ends, as deep as it is now.
            let share = 24 - segment.depth
            progress.prefix = (progress.prefix >> share + 1) << share
            progress.home = 0
            if progress.prefix >= 1 << 24 {
                progress.isPending = false
                return
            }
        }
    }

    /// Hands out what has not been of a home's entries.
    private mutating func handOut(_ home: Int, of segment: Segment, origin: Int, isHurried: Bool) {
        let bucket = segment.bucket(home)
        if bucket.isHandedOut(by: snapshot.number) { return }
        bucket.markHome(by: snapshot.number)
        let own = bucket.busy & ~bucket.foreign
        handOut(own & ~bucket.slotsHandedOut(by: snapshot.number), of: bucket, origin, isHurried: isHurried)
        if bucket.spilled > 0 {
            let after = segment.bucket(Segment.next(home))
            let spilled = after.foreign & ~after.slotsHandedOut(by: snapshot.number)
            handOut(spilled, of: after, origin, isHurried: isHurried)
        }
        if bucket.stashed == 0 { return }
        for index in Segment.homeCount..<Segment.bucketCount {
            let stash = segment.bucket(index)
            var mine = stash.busy
            for slot in 0..<Bucket.slotCount where stash.home(ofStashed: slot) != home {
                mine &= ~(1 << UInt32(slot))
            }
            handOut(mine, of: stash, origin, isHurried: isHurried)
        }
    }

    private mutating func handOut(_ slots: UInt32, of bucket: Bucket, _ origin: Int, isHurried: Bool) {
        guard slots != 0, let sink = snapshot.sink else { return }
        let decay = eviction.rules.decayMinutes
        var slots = slots
        while slots != 0 {
            let entry = Entry(bucket.handle(slots.trailingZeroBitCount), arena.addresses)
            let found = SnapshotEntry(
                entry, database: origin, isHurried: isHurried, at: latest, decayMinutes: decay)
            sink.take(found)
            snapshot.entries += 1
            snapshot.bytes &+= found.key.byteCount &+ found.value.byteCount
            slots &= slots &- 1
        }
    }
}

// MARK: Before a write

extension Shard {
    /// Called before an entry changes or goes.
    @inline(__always) mutating func preserve(_ id: EntryID, in database: Int) {
        if snapshot.number != 0 { handOut(id, in: database, isNew: false) }
    }

    /// Called before an entry changes, where its database is not known.
    @inline(__always) mutating func preserve(_ id: EntryID) {
        if snapshot.number != 0 { handOut(id, in: owner(of: id), isNew: false) }
    }

    /// Called when an entry has been added: the snapshot under way does not show it.
    @inline(__always) mutating func leaveOut(_ id: EntryID, in database: Int) {
        if snapshot.number != 0 { handOut(id, in: database, isNew: true) }
    }

    /// From now on the snapshot need not look at the entry; unless it is new, it is handed out.
    @inline(never) private mutating func handOut(_ id: EntryID, in database: Int, isNew: Bool) {
        let progress = databases[database].snapshot
        guard progress.isPending else { return }
        let segment = Segment(id.segment, arena.addresses)
        let (index, slot) = (Int(id.bucket), Int(id.slot))
        let home = segment.home(bucket: index, slot: slot)
        let bucket = segment.bucket(index)
        if segment.bucket(home).isHandedOut(by: snapshot.number) { return }
        if index >= Segment.homeCount {
            // There is no mark in the stash. A new entry is not there while the rest of its home is handed out.
            if isNew { bucket.clear(slot) }
            handOut(home, of: segment, origin: progress.origin, isHurried: true)
            if isNew { bucket.busy |= 1 << UInt32(slot) }
            return
        }
        if bucket.slotsHandedOut(by: snapshot.number) >> UInt32(slot) & 1 != 0 { return }
        bucket.mark(slot, by: snapshot.number)
        if !isNew { handOut(1 << UInt32(slot), of: bucket, progress.origin, isHurried: true) }
    }

    /// Called before a database is emptied at once. Answers whether it has been set aside for the walk: then an empty
    /// one with another heap stands in its place. Without a spare heap the rest of it is handed out here and now.
    mutating func preserveDatabase(_ database: Int) -> Bool {
        guard isInSnapshot, databases[database].snapshot.isPending else { return false }
        if databases[database].table.count == 0 {
            databases[database].snapshot.isPending = false
            return false
        }
        guard let heap = snapshot.spareHeaps.popLast() else {
            walkDatabase(database, until: .max)
            return false
        }
        snapshot.aside.append(databases[database])
        databases[database] = Database(heap: heap)
        return true
    }
}

extension Segment {
    /// Asks for the first lines of the entries in a home's own bucket.
    func prefetchEntries(ofHome home: Int, _ addresses: AddressMap) {
        var busy = bucket(home).busy
        while busy != 0 {
            unsafe Prefetch.line(addresses.address(of: bucket(home).handle(busy.trailingZeroBitCount)))
            busy &= busy &- 1
        }
    }
}
