import Memory

// Moving entries together while serving. Entries are reached through handles only, each of which stands in one slot of one
// bucket (and in its neighbours of the wheel), so a move is a copy and a few stores.

extension Shard {
    /// Bytes of waste between the blocks of its pages, in percent of the blocks.
    public var fragmentationPercent: Int {
        let used = usedBytes
        return used == 0 ? 0 : (heldBytes - used) * 100 / used
    }

    /// What compaction has done.
    public var compactionCounts: CompactionCounts { compaction.counts }

    /// Whether a pass is under way.
    public var isCompacting: Bool { compaction.isRunning }

    /// Begins a pass: marks what is to be emptied. False if nothing is worth it.
    public mutating func beginCompaction() -> Bool {
        if compaction.isRunning { return true }
        var blocks = 0
        for index in 0..<databaseCount { blocks += arena.markLeaving(heap: databases[index].heap) }
        if blocks == 0 {
            endCompaction()
            return false
        }
        let counts = compaction.counts
        compaction = CompactionState()
        compaction.counts = counts
        compaction.isRunning = true
        return true
    }

    /// Goes on with the pass for so many units of work: a slot looked at is one, a block moved 32 and one for each 16
    /// bytes. False when the pass is over.
    public mutating func compact(units: Int) -> Bool {
        var left = units
        while left > 0 && compaction.isRunning { compactBucket(&left) }
        return compaction.isRunning
    }

    /// Ends the pass where it is.
    public mutating func endCompaction() {
        for index in 0..<databaseCount { arena.unmarkLeaving(heap: databases[index].heap) }
        compaction.isRunning = false
    }

    private mutating func compactBucket(_ units: inout Int) {
        let database = compaction.database
        if database >= databaseCount {
            compaction.counts.passes &+= 1
            return endCompaction()
        }
        let table = databases[database].table
        if table.directory == .none || compaction.prefix >= 1 << 24 { return nextDatabase() }
        let cell = compaction.prefix >> (24 - table.depth)
        var handle = table.segment(at: cell, arena.addresses)
        if compaction.bucket == 0 { handle = moveSegment(handle, &units) }
        let segment = Segment(handle, arena.addresses)
        moveEntries(of: segment.bucket(compaction.bucket), database, &units)
        compaction.bucket += 1
        guard compaction.bucket == Segment.bucketCount else { return }
        compaction.bucket = 0
        let share = 24 - segment.depth
        compaction.prefix = (compaction.prefix >> share + 1) << share
    }

    private mutating func nextDatabase() {
        compaction.database += 1
        compaction.prefix = 0
        compaction.bucket = 0
    }

    /// Moves a segment that lies in a marked slab. Answers where it is.
    private mutating func moveSegment(_ handle: Handle, _ units: inout Int) -> Handle {
        units -= 1
        guard arena.isLeaving(handle),
            let block = arena.allocate(Segment.byteCount, heap: arena.heap(of: handle))
        else {
            compaction.counts.segmentsLeft &+= 1
            return handle
        }
        let addresses = arena.addresses
        // Unsafe: two different blocks of a segment's size.
        unsafe addresses.address(of: block)
            .copyMemory(from: addresses.address(of: handle), byteCount: Segment.byteCount)
        databases[compaction.database].table.renameSegment(to: block, addresses)
        arena.free(handle)
        compaction.counts.segmentsMoved &+= 1
        units -= 32 + Segment.byteCount / 16
        return block
    }

    private mutating func moveEntries(of bucket: Bucket, _ database: Int, _ units: inout Int) {
        units -= Bucket.slotCount
        var busy = bucket.busy
        while busy != 0 {
            let slot = busy.trailingZeroBitCount
            busy &= busy &- 1
            let handle = bucket.handle(slot)
            guard arena.isLeaving(handle), let block = moveEntry(handle, database, &units) else {
                compaction.counts.keysLeft &+= 1
                continue
            }
            bucket.setHandle(slot, block)
            compaction.counts.keysMoved &+= 1
        }
    }

    /// Copies an entry to another block and frees the old one. Nil where the arena has no room: then it stays.
    private mutating func moveEntry(_ handle: Handle, _ database: Int, _ units: inout Int) -> Handle? {
        let addresses = arena.addresses
        let old = Entry(handle, addresses)
        let length = old.byteCount
        guard let block = arena.allocate(length, heap: databases[database].heap) else { return nil }
        // Unsafe: both blocks have at least as many bytes as the entry uses.
        unsafe addresses.address(of: block).copyMemory(from: old.base, byteCount: length)
        if old.header.isExpiring { Wheel.moved(to: block, addresses) }
        arena.free(handle)
        units -= 32 + length / 16
        return block
    }
}

extension Table {
    /// The segment that lies at `block` now has been copied there: its cells name the new place.
    func renameSegment(to block: Handle, _ addresses: AddressMap) {
        let segment = Segment(block, addresses)
        let share = depth - segment.depth
        let first = Int(segment.prefix) << share
        for cell in first..<first + 1 << share { setSegment(at: cell, block, addresses) }
    }
}
