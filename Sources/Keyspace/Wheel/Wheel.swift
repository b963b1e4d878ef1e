import Memory

/// Which entries are due: a hierarchical timing wheel, one for each database. Lives on one core.
///
/// Time is counted in ticks of 64 ms. Five levels of 512 slots; a slot of level L spans 256^L ticks:
///
/// ```
///  level 0   64 ms a slot     this 16 s and the next          level 3   12 days a slot   17 years
///  level 1   16 s a slot      this 70 minutes and the next    level 4   8.7 years a slot 3500 years, then clamped
///  level 2   70 minutes       this 12 days and the next
/// ```
/// Each level holds two rounds of 256, the current and the next, so the coming slot of the level above can be emptied
/// into it *ahead of time*, a few entries a slice. When that slot's time comes nothing is left to do at once: there is
/// no moment at which a million entries cascade.
///
/// A slot is a circular list through the entries (`prev`, `next`), closed by a head that lies in the wheel's own
/// block and looks like an entry from offset 16 on; so unlinking never asks where it is.
///
/// ```
///  block    | 16 bytes | head 0 | head 1 | ... | head 2559 | marks: one bit a slot, set when an entry goes in |
///                      each head: prev, next in one granule; head i is the "entry" at granule i
/// ```
struct Wheel {
    /// The block of heads and marks; none until the first entry expires.
    var block = Handle.none
    /// The tick whose slot is emptied next. Everything due before it is gone.
    var tick: UInt64 = 0
    var count = 0

    static var levels: Int { 5 }
    static var slots: Int { 512 }
    static var tickShift: UInt64 { 6 }
    static var headCount: Int { levels * slots }
    static var markBytes: Int { headCount / 8 }

    /// The tick a time falls into; times before 1970 count as 1970.
    static func tick(_ time: UnixMillis) -> UInt64 { UInt64(max(0, time.rawValue)) >> tickShift }

    /// The moment at which a tick begins; an entry is due when the tick after its own does.
    static func start(of tick: UInt64) -> UnixMillis {
        UnixMillis(rawValue: Int64(clamping: tick << tickShift))
    }

    /// Takes the wheel's block. False where the arena is full.
    mutating func open(_ arena: inout Arena, heap: Int, now: UnixMillis) -> Bool {
        if block != .none { return true }
        let marksOffset = 16 + Wheel.headCount * arena.granuleBytes
        guard let handle = arena.allocate(marksOffset + Wheel.markBytes, heap: heap) else { return false }
        block = handle
        count = 0
        tick = Wheel.tick(now)
        for index in 0..<Wheel.headCount {
            let head = head(index)
            Entry(head, arena.addresses).previous = head
            Entry(head, arena.addresses).next = head
        }
        // Unsafe: the marks are the last markBytes that were asked for.
        unsafe marks(arena.addresses).initializeMemory(as: UInt8.self, repeating: 0, count: Wheel.markBytes)
        return true
    }

    func head(_ index: Int) -> Handle {
        Handle(rawValue: block.rawValue &+ UInt32(truncatingIfNeeded: index))
    }

    /// The marks' words: 8 of 64 bits for each level.
    private func marks(_ addresses: AddressMap) -> UnsafeMutableRawPointer {
        unsafe addresses.address(of: Handle(rawValue: block.rawValue + UInt32(Wheel.headCount))) + 16
    }

    func marks(_ level: Int, _ word: Int, _ addresses: AddressMap) -> UInt64 {
        unsafe marks(addresses).load(fromByteOffset: (level &* 8 &+ word) &* 8, as: UInt64.self)
    }

    func setMarks(_ level: Int, _ word: Int, _ bits: UInt64, _ addresses: AddressMap) {
        unsafe marks(addresses).storeBytes(of: bits, toByteOffset: (level &* 8 &+ word) &* 8, as: UInt64.self)
    }

    // Linking.

    /// Threads an entry, whose expiry is set, into the slot of its time.
    mutating func insert(_ handle: Handle, _ addresses: AddressMap) {
        link(handle, addresses)
        count += 1
    }

    /// Takes an entry out, wherever it is.
    mutating func remove(_ handle: Handle, _ addresses: AddressMap) {
        unlink(handle, addresses)
        count -= 1
    }

    /// An entry's bytes, links included, have been copied from one block to another: its neighbours learn the new one.
    static func moved(to handle: Handle, _ addresses: AddressMap) {
        let entry = Entry(handle, addresses)
        Entry(entry.previous, addresses).next = handle
        Entry(entry.next, addresses).previous = handle
    }

    func link(_ handle: Handle, _ addresses: AddressMap) {
        let entry = Entry(handle, addresses)
        let (level, slot) = place(Wheel.tick(entry.expiry))
        let head = head(level &* Wheel.slots &+ slot)
        // Behind the others: of keys that live equally long the first of a slot is then the soonest to go.
        let last = Entry(head, addresses).previous
        entry.previous = last
        entry.next = head
        Entry(last, addresses).next = handle
        Entry(head, addresses).previous = handle
        let word = slot >> 6
        setMarks(level, word, marks(level, word, addresses) | 1 << UInt64(slot & 63), addresses)
    }

    func unlink(_ handle: Handle, _ addresses: AddressMap) {
        let entry = Entry(handle, addresses)
        Entry(entry.previous, addresses).next = entry.next
        Entry(entry.next, addresses).previous = entry.previous
    }

    /// The lowest level whose two rounds reach the time. What is past goes into the slot that is emptied next.
    func place(_ due: UInt64) -> (level: Int, slot: Int) {
        var due = max(due, tick)
        var level = 0
        while level < Wheel.levels - 1 {
            let round = UInt64(8 * (level + 1))
            if due >> round &- tick >> round <= 1 { break }
            level += 1
        }
        let shift = UInt64(8 * level)
        if level == Wheel.levels - 1 {
            // Beyond the last level's reach: as far as it goes; placed again when that time is near.
            due = min(due >> shift, tick >> shift + 400) << shift
        }
        return (level, Int(truncatingIfNeeded: due >> shift) & (Wheel.slots - 1))
    }
}
