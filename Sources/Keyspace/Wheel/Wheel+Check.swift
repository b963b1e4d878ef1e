import Memory

extension Wheel {
    /// What is wrong with the wheel, in sentences.
    func checkInvariants(_ addresses: AddressMap) -> [String] {
        var faults: [String] = []
        if block == .none {
            if count != 0 { faults.append("a wheel without slots counts \(count) entries") }
            return faults
        }
        var linked = 0
        for level in 0..<Wheel.levels {
            for slot in 0..<Wheel.slots {
                let head = head(level * Wheel.slots + slot)
                var previous = head
                var handle = Entry(head, addresses).next
                if handle != head && marks(level, slot >> 6, addresses) >> UInt64(slot & 63) & 1 == 0 {
                    faults.append("slot \(slot) of level \(level) holds entries but is not marked")
                }
                while handle != head {
                    let entry = Entry(handle, addresses)
                    if entry.previous != previous {
                        faults.append("an entry in slot \(slot) of level \(level) is not linked back")
                        return faults
                    }
                    if !entry.header.isExpiring {
                        faults.append("slot \(slot) of level \(level) holds an entry that does not expire")
                    }
                    check(entry, level, slot, into: &faults)
                    linked += 1
                    previous = handle
                    handle = entry.next
                    if linked > count { break }
                }
            }
        }
        if linked != count {
            faults.append("the wheel's slots hold \(linked) entries, but it counts \(count)")
        }
        return faults
    }

    /// The entry comes down in time: its slot is not behind, and its slot's time is not after its own.
    private func check(_ entry: Entry, _ level: Int, _ slot: Int, into faults: inout [String]) {
        let shift = UInt64(8 * level)
        let here = tick >> shift
        let ahead = UInt64((slot &- Int(truncatingIfNeeded: here)) & (Wheel.slots - 1))
        let due = max(Wheel.tick(entry.expiry), tick)
        if here + ahead > due >> shift {
            faults.append(
                "an entry due at tick \(due) lies in slot \(slot) of level \(level), which comes later")
        }
        if level < Wheel.levels - 1 && here + ahead != due >> shift && Wheel.tick(entry.expiry) >= tick {
            faults.append(
                "an entry due at tick \(due) lies in slot \(slot) of level \(level), which is not its slot")
        }
    }
}
