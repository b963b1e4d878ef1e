import Memory

// A scan visits homes: bucket 0 of every segment in prefix order, then bucket 1 of every segment, and so on. A key's
// place in that order, (home, prefix bits), is a function of its hash alone, so it never changes: whatever splits
// while the client is away, each key is ahead of the cursor or behind it. A key that is there from first to last call
// is returned exactly once.
//
// ```
//  cursor   | 0 ... | home 6 | prefix 24 |     0 is both the start and "done"
// ```

extension Table {
    static var cursorBits: UInt64 { 30 }

    /// Appends the entries of the cursor's home; answers the next cursor.
    func scan(from cursor: UInt64, into ids: inout [EntryID], _ addresses: AddressMap) -> UInt64 {
        let home = Int(truncatingIfNeeded: cursor >> 24)
        let prefix = Int(truncatingIfNeeded: cursor & 0xFF_FFFF)
        if directory == .none || home >= Segment.homeCount { return 0 }
        let handle = segment(at: prefix >> (24 - depth), addresses)
        let segment = Segment(handle, addresses)
        appendEntries(ofHome: home, segment, handle, into: &ids)
        // The next segment starts where this one's share of the 24 bits ends.
        let share = 24 - segment.depth
        let next = (prefix >> share + 1) << share
        if next < 1 << 24 { return UInt64(home) << 24 | UInt64(next) }
        return home + 1 == Segment.homeCount ? 0 : UInt64(home + 1) << 24
    }

    private func appendEntries(
        ofHome home: Int, _ segment: Segment, _ handle: Handle, into ids: inout [EntryID]
    ) {
        let bucket = segment.bucket(home)
        append(bucket.busy & ~bucket.foreign, home, segment, handle, into: &ids)
        if bucket.spilled > 0 {
            let after = Segment.next(home)
            append(segment.bucket(after).foreign, after, segment, handle, into: &ids)
        }
        if bucket.stashed == 0 { return }
        for index in Segment.homeCount..<Segment.bucketCount {
            let stash = segment.bucket(index)
            var mine = stash.busy
            for slot in 0..<Bucket.slotCount where stash.home(ofStashed: slot) != home {
                mine &= ~(1 << UInt32(slot))
            }
            append(mine, index, segment, handle, into: &ids)
        }
    }

    private func append(
        _ slots: UInt32, _ index: Int, _ segment: Segment, _ handle: Handle, into ids: inout [EntryID]
    ) {
        var slots = slots
        while slots != 0 {
            let slot = slots.trailingZeroBitCount
            slots &= slots &- 1
            ids.append(
                EntryID(
                    handle: segment.bucket(index).handle(slot), segment: handle, bucket: index, slot: slot))
        }
    }

    /// Some entry, each about equally likely: a segment by its share of the hashes, then an entry of it.
    func randomEntry(_ random: UInt64, _ addresses: AddressMap) -> EntryID? {
        if count == 0 { return nil }
        let cells = 1 << depth
        var cell = KeyHash(rawValue: random).prefix(depth)
        while true {
            let handle = segment(at: cell, addresses)
            let segment = Segment(handle, addresses)
            if segment.count > 0 {
                // The n-th entry of the segment, counting through its buckets.
                var rank = Int(truncatingIfNeeded: ((random & 0xFFFF_FFFF) &* UInt64(segment.count)) >> 32)
                for index in 0..<Segment.bucketCount {
                    var busy = segment.bucket(index).busy
                    let here = busy.nonzeroBitCount
                    if rank >= here {
                        rank -= here
                        continue
                    }
                    for _ in 0..<rank { busy &= busy &- 1 }
                    let slot = busy.trailingZeroBitCount
                    return EntryID(
                        handle: segment.bucket(index).handle(slot), segment: handle, bucket: index, slot: slot
                    )
                }
                return nil
            }
            // Empty: on to the next segment (skipping the cells that name this one).
            let share = depth - segment.depth
            cell = ((cell >> share + 1) << share) & (cells - 1)
        }
    }
}
