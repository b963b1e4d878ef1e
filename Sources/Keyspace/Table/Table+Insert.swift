import Memory

extension Table {
    /// Puts an entry that is not there yet into a slot, splitting as often as it takes. Nil where the arena has no
    /// room for a segment or the hashes cannot be told apart; then nothing has changed for any key.
    mutating func insert(
        _ entry: Handle, _ hash: KeyHash, _ hasher: KeyHasher, _ arena: inout Arena, heap: Int
    ) -> EntryID? {
        if directory == .none && !open(&arena, heap: heap) { return nil }
        while true {
            let handle = segment(of: hash, arena.addresses)
            let segment = Segment(handle, arena.addresses)
            if let (bucket, slot) = segment.place(entry, home: hash.home, hash.fingerprint) {
                segment.count += 1
                count += 1
                return EntryID(handle: entry, segment: handle, bucket: bucket, slot: slot)
            }
            if !split(handle, hash, hasher, &arena, heap: heap) { return nil }
        }
    }

    /// Takes the entry out of its slot. The entry's block is the caller's.
    mutating func remove(_ id: EntryID, _ addresses: AddressMap) {
        let segment = Segment(id.segment, addresses)
        segment.clear(bucket: Int(id.bucket), slot: Int(id.slot))
        segment.count -= 1
        count -= 1
    }

    /// The slot of `id` now holds `entry`, the same key in another block.
    static func replace(_ id: EntryID, with entry: Handle, _ addresses: AddressMap) -> EntryID {
        Segment(id.segment, addresses).bucket(Int(id.bucket)).setHandle(Int(id.slot), entry)
        return EntryID(handle: entry, segment: id.segment, bucket: Int(id.bucket), slot: Int(id.slot))
    }

    /// Whether the slot of `id` still holds it.
    static func holds(_ id: EntryID, _ addresses: AddressMap) -> Bool {
        let bucket = Segment(id.segment, addresses).bucket(Int(id.bucket))
        return bucket.busy >> UInt32(id.slot) & 1 != 0 && bucket.handle(Int(id.slot)) == id.handle
    }
}

extension Segment {
    /// Finds a slot and fills it: the home; else the bucket after; else a place that one move frees; else the stash.
    func place(_ entry: Handle, home: Int, _ fingerprint: UInt8) -> (bucket: Int, slot: Int)? {
        if let slot = bucket(home).freeSlot {
            bucket(home).put(slot, fingerprint, entry)
            return (home, slot)
        }
        let after = Segment.next(home)
        if let slot = bucket(after).freeSlot {
            spill(entry, fingerprint, to: after, slot)
            return (after, slot)
        }
        if let slot = sendHome(from: home) {
            bucket(home).put(slot, fingerprint, entry)
            return (home, slot)
        }
        if let slot = pushOn(from: after) {
            spill(entry, fingerprint, to: after, slot)
            return (after, slot)
        }
        for index in Segment.homeCount..<Segment.bucketCount {
            guard let slot = bucket(index).freeSlot else { continue }
            bucket(index).put(slot, fingerprint, entry)
            bucket(index).setHome(ofStashed: slot, home)
            bucket(home).stashed += 1
            bucket(home).addToFilter(fingerprint)
            return (index, slot)
        }
        return nil
    }

    /// Empties a slot and settles what its home knows of it.
    func clear(bucket index: Int, slot: Int) {
        let from = bucket(index)
        let home = home(bucket: index, slot: slot)
        from.clear(slot)
        if index >= Segment.homeCount {
            bucket(home).stashed -= 1
            // Other fingerprints may share a filter bit, so bits go only when all are gone.
            if bucket(home).stashed == 0 { bucket(home).clearFilter() }
        } else if home != index {
            from.foreign &= ~(1 << UInt32(slot))
            bucket(home).spilled -= 1
        }
    }

    private func spill(_ entry: Handle, _ fingerprint: UInt8, to index: Int, _ slot: Int) {
        bucket(index).put(slot, fingerprint, entry)
        bucket(index).foreign |= 1 << UInt32(slot)
        bucket(Segment.previous(index)).spilled += 1
    }

    /// Frees a slot of a full bucket by sending a foreign entry back to its home, if that has room.
    private func sendHome(from index: Int) -> Int? {
        let from = bucket(index)
        let home = Segment.previous(index)
        guard from.foreign != 0, let slot = bucket(home).freeSlot else { return nil }
        let moving = from.foreign.trailingZeroBitCount
        bucket(home).put(slot, from.fingerprint(moving), from.handle(moving))
        bucket(home).takeMark(slot, from: from, moving)
        clear(bucket: index, slot: moving)
        return moving
    }

    /// Frees a slot of a full bucket by spilling an entry of its own to the bucket after, if that has room.
    private func pushOn(from index: Int) -> Int? {
        let from = bucket(index)
        let after = Segment.next(index)
        let own = from.busy & ~from.foreign
        guard own != 0, let slot = bucket(after).freeSlot else { return nil }
        let moving = own.trailingZeroBitCount
        let (fingerprint, handle) = (from.fingerprint(moving), from.handle(moving))
        from.clear(moving)
        spill(handle, fingerprint, to: after, slot)
        bucket(after).takeMark(slot, from: from, moving)
        return moving
    }
}
