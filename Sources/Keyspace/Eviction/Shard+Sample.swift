import Memory

/// Some entries of a database, looked at to choose a victim.
struct EntrySample {
    static var capacity: Int { 64 }
    private var handles = InlineArray<64, Handle>(repeating: .none)
    private(set) var count = 0

    mutating func append(_ handle: Handle) {
        handles[count] = handle
        count += 1
    }

    subscript(index: Int) -> Handle { handles[index] }

    /// Asks for the headers of all, so that their cache misses overlap.
    func prefetch(_ addresses: AddressMap) {
        for index in 0..<count { unsafe Prefetch.line(addresses.address(of: handles[index])) }
    }
}

extension Table {
    /// Appends `wanted` entries, each about equally likely: windows of four slots in random buckets. A window costs one
    /// cache miss for about three entries, and since it is as wide in a full bucket as in an empty one, no entry is
    /// looked at less for lying in a crowd. An entry may come twice where there are few.
    func sample(_ wanted: Int, random: UInt64, into sample: inout EntrySample, _ addresses: AddressMap) {
        if count == 0 { return }
        var random = random
        let full = sample.count + min(wanted, EntrySample.capacity - sample.count)
        let began = sample.count
        for _ in 0..<8 + 4 * wanted where sample.count < full {
            let segment = Segment(
                self.segment(at: KeyHash(rawValue: random).prefix(depth), addresses), addresses)
            let place = Int(truncatingIfNeeded: ((random & 0xFFFF_FFFF) &* 640) >> 32)
            segment.sampleWindow(at: place, until: full, into: &sample)
            random = (random &+ 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
            random ^= random >> 29
        }
        // Hardly anything there: one that there is.
        if sample.count == began, let id = randomEntry(random, addresses) { sample.append(id.handle) }
    }
}

extension Segment {
    /// Appends the entries of four slots that follow each other, around their bucket.
    func sampleWindow(at place: Int, until full: Int, into sample: inout EntrySample) {
        let bucket = bucket(place / Bucket.slotCount)
        let busy = bucket.busy
        var slot = place % Bucket.slotCount
        for _ in 0..<4 where sample.count < full {
            if busy >> UInt32(slot) & 1 != 0 { sample.append(bucket.handle(slot)) }
            slot = slot == Bucket.slotCount - 1 ? 0 : slot + 1
        }
    }
}

extension Wheel {
    /// Appends `wanted` entries that expire, from a random slot on. Each slot is turned on by what was taken, so that
    /// next time others are at its head.
    func sample(_ wanted: Int, random: UInt64, into sample: inout EntrySample, _ addresses: AddressMap) {
        if block == .none || count == 0 { return }
        let full = sample.count + min(wanted, EntrySample.capacity - sample.count)
        var place = Int(truncatingIfNeeded: ((random >> 32) &* UInt64(Wheel.headCount)) >> 32)
        for _ in 0...Wheel.headCount where sample.count < full {
            guard let marked = nextMarked(from: place, addresses) else { return }
            takeFirst(of: head(marked), until: full, into: &sample, addresses)
            place = (marked + 1) % Wheel.headCount
        }
    }

    private func takeFirst(
        of head: Handle, until full: Int, into sample: inout EntrySample, _ addresses: AddressMap
    ) {
        var last = Entry(head, addresses).next
        if last == head { return }
        while sample.count < full {
            sample.append(last)
            let next = Entry(last, addresses).next
            if next == head { return }
            last = next
        }
        // The list is a ring: move its head behind the last one taken.
        unlink(head, addresses)
        let next = Entry(last, addresses).next
        Entry(head, addresses).previous = last
        Entry(head, addresses).next = next
        Entry(last, addresses).next = head
        Entry(next, addresses).previous = head
    }

    /// The first marked head from a place on, around once.
    private func nextMarked(from place: Int, _ addresses: AddressMap) -> Int? {
        let words = Wheel.headCount / 64
        var word = place >> 6
        var bits = marks(word >> 3, word & 7, addresses) & (UInt64.max << UInt64(place & 63))
        for _ in 0...words {
            if bits != 0 { return word << 6 + bits.trailingZeroBitCount }
            word = (word + 1) % words
            bits = marks(word >> 3, word & 7, addresses)
        }
        return nil
    }

    /// The entry that expires first, to the precision of its slot: of the slot that ends first, the first to go among
    /// the sixteen that are longest in it.
    func soonest(_ addresses: AddressMap) -> Handle? {
        if block == .none || count == 0 { return nil }
        var (found, start) = (Handle.none, UInt64.max)
        for level in 0..<Wheel.levels {
            let shift = UInt64(8 * level)
            let here = tick >> shift
            var ahead = 0
            while let next = firstMarked(level, from: ahead, addresses) {
                let slot = Int(truncatingIfNeeded: here &+ UInt64(next)) & (Wheel.slots - 1)
                let first = Entry(head(level * Wheel.slots + slot), addresses).next
                if first == head(level * Wheel.slots + slot) {
                    ahead = next + 1
                    continue
                }
                // At the same start the lower level's slot is the shorter.
                let begins = max((here &+ UInt64(next)) << shift, tick)
                if begins < start { (found, start) = (first, begins) }
                break
            }
        }
        return found == .none ? nil : earliest(from: found, addresses)
    }

    private func earliest(from first: Handle, _ addresses: AddressMap) -> Handle {
        var (best, next) = (first, first)
        for _ in 0..<16 {
            next = Entry(next, addresses).next
            if isHead(next) { break }
            if Entry(next, addresses).expiry < Entry(best, addresses).expiry { best = next }
        }
        return best
    }

    private func isHead(_ handle: Handle) -> Bool {
        handle.rawValue >= block.rawValue
            && handle.rawValue < block.rawValue &+ UInt32(truncatingIfNeeded: Wheel.headCount)
    }
}
