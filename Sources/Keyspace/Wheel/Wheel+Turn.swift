import Memory

extension Wheel {
    /// The next entry whose time is over by `now`, still linked; nil if none is left or `budget` ran out. Each entry
    /// moved from a level to a lower one takes one from the budget.
    mutating func nextDue(by now: UInt64, budget: inout Int, _ addresses: AddressMap) -> Handle? {
        if block == .none { return nil }
        if count == 0 {
            // Nothing is linked; the marks that are left are of entries that went away.
            tick = max(tick, now)
            return nil
        }
        while tick < now {
            // First what should have come down already: the current slots of the levels above. Usually empty.
            for level in 1..<Wheel.levels where isMarked(level, position(level), addresses) {
                if !empty(level, position(level), &budget, addresses) { return nil }
            }
            let slot = position(0)
            if isMarked(0, slot, addresses) {
                let head = head(slot)
                let first = Entry(head, addresses).next
                if first != head { return first }
                unmark(0, slot, addresses)
            }
            tick = min(nextStop(addresses), now)
        }
        return nil
    }

    /// Empties the coming slots of the upper levels into the levels below, within the budget.
    func lookAhead(budget: inout Int, _ addresses: AddressMap) {
        if block == .none || count == 0 { return }
        for level in 1..<Wheel.levels {
            for ahead in 0...1 {
                let slot = (position(level) + ahead) & (Wheel.slots - 1)
                if isMarked(level, slot, addresses) && !empty(level, slot, &budget, addresses) { return }
            }
        }
    }

    /// When there is something to do next: a slot's time is over, or a slot comes near enough to be emptied ahead.
    func nextWork(_ addresses: AddressMap) -> UInt64? {
        if block == .none || count == 0 { return nil }
        var next = UInt64.max
        for level in 0..<Wheel.levels {
            let shift = UInt64(8 * level)
            let here = tick >> shift
            guard let ahead = firstMarked(level, from: 0, addresses) else { continue }
            let start = level == 0 ? here + UInt64(ahead) + 1 : (here + UInt64(max(0, ahead - 1))) << shift
            next = min(next, start)
        }
        return next == UInt64.max ? nil : next
    }

    private func position(_ level: Int) -> Int {
        Int(truncatingIfNeeded: tick >> UInt64(8 * level)) & (Wheel.slots - 1)
    }

    /// Moves the entries of an upper slot down; true when it is empty. None can go back into the same slot: it is the
    /// current or the next of its level, which the level below reaches.
    private func empty(_ level: Int, _ slot: Int, _ budget: inout Int, _ addresses: AddressMap) -> Bool {
        let head = head(level &* Wheel.slots &+ slot)
        while true {
            let first = Entry(head, addresses).next
            if first == head { break }
            if budget <= 0 { return false }
            budget -= 1
            unlink(first, addresses)
            link(first, addresses)
        }
        unmark(level, slot, addresses)
        return true
    }

    /// The next tick at which something can be due or must come down.
    private func nextStop(_ addresses: AddressMap) -> UInt64 {
        for level in 0..<Wheel.levels {
            guard let ahead = firstMarked(level, from: 1, addresses) else { continue }
            let shift = UInt64(8 * level)
            let slotStart = (tick >> shift + UInt64(ahead)) << shift
            if level == Wheel.levels - 1 { return slotStart }
            let roundEnd = (tick >> (shift + 8) + 1) << (shift + 8)
            return min(slotStart, roundEnd)
        }
        return UInt64.max
    }

    private func isMarked(_ level: Int, _ slot: Int, _ addresses: AddressMap) -> Bool {
        marks(level, slot >> 6, addresses) >> UInt64(slot & 63) & 1 != 0
    }

    private func unmark(_ level: Int, _ slot: Int, _ addresses: AddressMap) {
        setMarks(level, slot >> 6, marks(level, slot >> 6, addresses) & ~(1 << UInt64(slot & 63)), addresses)
    }

    /// How many slots ahead of the current one the first marked slot is, `from` or more.
    func firstMarked(_ level: Int, from: Int, _ addresses: AddressMap) -> Int? {
        let here = position(level)
        var ahead = from
        while ahead < Wheel.slots {
            let slot = (here + ahead) & (Wheel.slots - 1)
            let bits = marks(level, slot >> 6, addresses) >> UInt64(slot & 63)
            if bits != 0 {
                let found = ahead + bits.trailingZeroBitCount
                return found < Wheel.slots ? found : nil
            }
            ahead += 64 - (slot & 63)
        }
        return nil
    }
}
