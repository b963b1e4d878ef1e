import Memory

// Growing: one segment at a time. A split copies the segment and clears in each copy what belongs to the other, so
// every entry keeps its bucket and slot; then stashed and spilled entries move home where there is room now. About
// 600 entries are visited once each for one more bit of their hash: tens of microseconds, whatever the table's size.

extension Table {
    /// The first segment and a directory of one cell.
    mutating func open(_ arena: inout Arena, heap: Int) -> Bool {
        guard let first = newSegment(&arena, heap: heap) else { return false }
        guard let cells = arena.allocate(4, heap: heap) else {
            arena.free(first)
            return false
        }
        directory = cells
        depth = 0
        segmentCount = 1
        setSegment(at: 0, first, arena.addresses)
        return true
    }

    /// Makes an empty table as wide as about so many keys will need it, so that they need not be split up on their way in.
    /// What is known of the number may be wrong: it is never wider than growing would make it, and growing goes on from there.
    /// Nothing happens where there are keys already, or no room.
    mutating func prepare(for keys: Int, _ arena: inout Arena, heap: Int) {
        var depth = 0
        while depth < Table.preparedDepthMax,
            keys >> (depth + 1) >= Segment.homeCount * Bucket.slotCount * 3 / 4
        {
            depth += 1
        }
        guard depth > 0, directory == .none, let cells = arena.allocate(4 << depth, heap: heap) else {
            return
        }
        var prepared = Table()
        prepared.directory = cells
        prepared.depth = depth
        for cell in 0..<1 << depth {
            guard let segment = newSegment(&arena, heap: heap) else {
                for made in 0..<cell { arena.free(prepared.segment(at: made, arena.addresses)) }
                return arena.free(cells)
            }
            Segment(segment, arena.addresses).depth = depth
            Segment(segment, arena.addresses).prefix = UInt32(cell)
            prepared.setSegment(at: cell, segment, arena.addresses)
        }
        prepared.segmentCount = 1 << depth
        self = prepared
    }

    /// 64 MiB of segments, some twenty milliseconds to make.
    private static var preparedDepthMax: Int { 14 }

    private func newSegment(_ arena: inout Arena, heap: Int) -> Handle? {
        guard let handle = arena.allocate(Segment.byteCount, heap: heap) else { return nil }
        // Unsafe: the block is ours and has this many bytes.
        unsafe arena.addresses.address(of: handle)
            .initializeMemory(as: UInt8.self, repeating: 0, count: Segment.byteCount)
        return handle
    }

    /// Splits the segment that `hash` falls into. False where it cannot be: no memory, or no bits left.
    mutating func split(
        _ old: Handle, _ hash: KeyHash, _ hasher: KeyHasher, _ arena: inout Arena, heap: Int
    ) -> Bool {
        let low = Segment(old, arena.addresses)
        let oldDepth = low.depth
        if oldDepth == Table.depthMax { return false }
        if oldDepth == depth && !doubleDirectory(&arena, heap: heap) { return false }
        guard let new = arena.allocate(Segment.byteCount, heap: heap) else { return false }
        let addresses = arena.addresses
        let high = Segment(new, addresses)
        // Unsafe: two different blocks of a segment's size.
        unsafe high.base.copyMemory(from: low.base, byteCount: Segment.byteCount)
        Table.share(between: low, high, bit: 63 - oldDepth, hasher, addresses)
        low.depth = oldDepth + 1
        high.depth = oldDepth + 1
        low.prefix = low.prefix << 1
        high.prefix = low.prefix | 1
        segmentCount += 1
        // The cells that named the old segment: the upper half of them names the new one.
        let span = 1 << (depth - oldDepth)
        let first = hash.prefix(oldDepth) * span
        for cell in first + span / 2..<first + span { setSegment(at: cell, new, addresses) }
        low.settle()
        high.settle()
        return true
    }

    private mutating func doubleDirectory(_ arena: inout Arena, heap: Int) -> Bool {
        let cells = 1 << depth
        guard let wider = arena.allocate(cells * 8, heap: heap) else { return false }
        // Unsafe: reads `cells` cells of the old directory, writes twice as many to the new.
        let from = unsafe arena.addresses.address(of: directory)
        let to = unsafe arena.addresses.address(of: wider)
        for cell in 0..<cells {
            let segment = unsafe from.load(fromByteOffset: cell &* 4, as: UInt32.self)
            unsafe to.storeBytes(
                of: UInt64(segment) << 32 | UInt64(segment), toByteOffset: cell &* 8, as: UInt64.self)
        }
        arena.free(directory)
        directory = wider
        depth += 1
        return true
    }

    /// Clears each entry from the copy it does not belong to, by one bit of its hash.
    private static func share(
        between low: Segment, _ high: Segment, bit: Int, _ hasher: KeyHasher, _ addresses: AddressMap
    ) {
        // The entries are spread over memory: asking for the next bucket's while this one's are hashed turns a
        // miss each into one for ten.
        prefetchEntries(low.bucket(0), addresses)
        for index in 0..<Segment.bucketCount {
            if index + 1 < Segment.bucketCount { prefetchEntries(low.bucket(index + 1), addresses) }
            var busy = high.bucket(index).busy
            while busy != 0 {
                let slot = busy.trailingZeroBitCount
                busy &= busy &- 1
                let key = unsafe Entry(high.bucket(index).handle(slot), addresses).keyBytes
                guard let base = key.baseAddress else { preconditionFailure("an entry has an address") }
                let hash = unsafe hasher.hash(base, key.count)
                let goesHigh = hash.rawValue >> UInt64(bit) & 1 != 0
                if goesHigh {
                    low.clear(bucket: index, slot: slot)
                    low.count -= 1
                } else {
                    high.clear(bucket: index, slot: slot)
                    high.count -= 1
                }
            }
        }
    }

    private static func prefetchEntries(_ bucket: Bucket, _ addresses: AddressMap) {
        var busy = bucket.busy
        while busy != 0 {
            unsafe Prefetch.line(addresses.address(of: bucket.handle(busy.trailingZeroBitCount)))
            busy &= busy &- 1
        }
    }
}

extension Segment {
    /// Moves stashed and spilled entries to their homes where there is room.
    func settle() {
        for index in Segment.homeCount..<Segment.bucketCount {
            var busy = bucket(index).busy
            while busy != 0 {
                let slot = busy.trailingZeroBitCount
                busy &= busy &- 1
                sendHome(bucket: index, slot: slot)
            }
        }
        for index in 0..<Segment.homeCount {
            var foreign = bucket(index).foreign
            while foreign != 0 {
                let slot = foreign.trailingZeroBitCount
                foreign &= foreign &- 1
                sendHome(bucket: index, slot: slot)
            }
        }
    }

    private func sendHome(bucket index: Int, slot: Int) {
        let home = home(bucket: index, slot: slot)
        guard let free = bucket(home).freeSlot else { return }
        let from = bucket(index)
        bucket(home).put(free, from.fingerprint(slot), from.handle(slot))
        if index < Segment.homeCount {
            bucket(home).takeMark(free, from: from, slot)
        } else {
            bucket(home).clearMark(free)
        }
        clear(bucket: index, slot: slot)
    }
}
