/// What a ring knows about one socket: 40 bytes in a dense array, found by slot.
///
///      0           8          16   20       24      28      32      40
///      | sending   | unsent   | fd | gen/24 | next  | prev  | flags |
///
/// `next` and `previous` link the socket into at most one of two lists: the free slots (while closed) and the
/// starved sockets (while open and waiting for a receive buffer).
@safe
struct Link {
    struct Flags: OptionSet {
        let rawValue: UInt16
        /// The slot holds a socket.
        static let open = Flags(rawValue: 1 << 0)
        /// The loop wants bytes.
        static let receiveWanted = Flags(rawValue: 1 << 1)
        /// The kernel holds a multishot receive; its last completion has not been seen.
        static let receiveArmed = Flags(rawValue: 1 << 2)
        /// A cancellation of that receive is on its way.
        static let receiveCancelling = Flags(rawValue: 1 << 3)
        /// Waits in the starved list for a buffer.
        static let starved = Flags(rawValue: 1 << 4)
        /// The kernel holds a send; its completion has not been seen.
        static let sending = Flags(rawValue: 1 << 5)
        /// The loop has closed the socket: no more events but `.closed`.
        static let closing = Flags(rawValue: 1 << 6)
        /// The kernel holds the close.
        static let closeQueued = Flags(rawValue: 1 << 7)
        /// The kernel holds a connect; `unsent` is its address.
        static let connecting = Flags(rawValue: 1 << 8)
        /// The send in flight reports only that it failed.
        static let silent = Flags(rawValue: 1 << 9)
    }

    /// The first byte not yet sent, while a send is in flight. Borrowed from the loop until the send ends.
    var unsent: UnsafeRawPointer?
    var unsentCount: Int
    var descriptor: Int32
    /// 24 bits, never 0: it travels in `user_data`.
    var generation: UInt32
    var next: UInt32
    var previous: UInt32
    var flags: Flags

    /// The end of a list.
    static var end: UInt32 { .max }
}

/// The sockets of one ring. Grows by doubling; slots are reused last-in first-out so that they stay dense.
@safe
struct Links: ~Copyable {
    // Unsafe because links are reached by slot from every completion: a bounds check and no reference counting.
    private var storage: UnsafeMutablePointer<Link>
    private var capacity: UInt32
    /// Slots that have ever been used.
    private(set) var count: UInt32 = 0
    private var firstFree = Link.end
    /// Slots that hold a socket.
    private(set) var openCount = 0
    private var firstStarved = Link.end
    private var lastStarved = Link.end
    /// Sockets that wait for a receive buffer.
    private(set) var starvedCount = 0

    init() {
        precondition(MemoryLayout<Link>.stride == 40, "a link is forty bytes")
        capacity = 64
        unsafe storage = .allocate(capacity: Int(capacity))
    }

    deinit { unsafe storage.deallocate() }

    /// Bytes that the table takes.
    var allocatedBytes: Int { Int(capacity) * MemoryLayout<Link>.stride }

    subscript(slot: UInt32) -> Link {
        @inline(__always)
        get {
            precondition(slot < count, "a slot beyond the socket table")
            return unsafe storage[Int(slot)]
        }
        @inline(__always)
        _modify {
            precondition(slot < count, "a slot beyond the socket table")
            yield unsafe &storage[Int(slot)]
        }
    }

    /// Whether `slot` holds the socket of this generation.
    @inline(__always)
    func holds(slot: UInt32, generation: UInt32) -> Bool {
        guard slot < count else { return false }
        let link = unsafe storage + Int(slot)
        return unsafe link.pointee.generation == generation && link.pointee.flags.contains(.open)
    }

    /// Gives a descriptor a slot.
    mutating func insert(_ descriptor: Int32) -> SocketID {
        let slot: UInt32
        if firstFree != Link.end {
            slot = firstFree
            firstFree = self[slot].next
        } else {
            if count == capacity { grow() }
            slot = count
            count += 1
            unsafe (storage + Int(slot)).initialize(
                to: Link(
                    unsent: nil, unsentCount: 0, descriptor: -1, generation: 1, next: Link.end,
                    previous: Link.end, flags: []))
        }
        self[slot].descriptor = descriptor
        self[slot].flags = .open
        self[slot].next = Link.end
        self[slot].previous = Link.end
        openCount += 1
        return SocketID(slot: slot, generation: self[slot].generation)
    }

    /// Frees a slot. Its next user has another generation, so that late completions of this one are told apart.
    mutating func remove(slot: UInt32) {
        precondition(self[slot].flags.contains(.open), "a socket is removed once")
        precondition(!self[slot].flags.contains(.starved), "a starved socket is still in a list")
        self[slot].flags = []
        self[slot].descriptor = -1
        self[slot].generation = nextGeneration(self[slot].generation)
        self[slot].next = firstFree
        firstFree = slot
        openCount -= 1
    }

    private mutating func grow() {
        let wider = capacity * 2
        let moved = UnsafeMutablePointer<Link>.allocate(capacity: Int(wider))
        unsafe moved.moveInitialize(from: storage, count: Int(count))
        unsafe storage.deallocate()
        unsafe storage = moved
        capacity = wider
    }

    // MARK: the starved list, first come first served

    mutating func appendStarved(slot: UInt32) {
        self[slot].flags.insert(.starved)
        self[slot].next = Link.end
        self[slot].previous = lastStarved
        if lastStarved == Link.end { firstStarved = slot } else { self[lastStarved].next = slot }
        lastStarved = slot
        starvedCount += 1
    }

    mutating func removeStarved(slot: UInt32) {
        let (next, previous) = (self[slot].next, self[slot].previous)
        if previous == Link.end { firstStarved = next } else { self[previous].next = next }
        if next == Link.end { lastStarved = previous } else { self[next].previous = previous }
        self[slot].flags.remove(.starved)
        self[slot].next = Link.end
        self[slot].previous = Link.end
        starvedCount -= 1
    }

    mutating func popStarved() -> UInt32? {
        let slot = firstStarved
        guard slot != Link.end else { return nil }
        removeStarved(slot: slot)
        return slot
    }
}

/// Counts a 24-bit generation up, leaving out 0.
@inline(__always)
func nextGeneration(_ generation: UInt32) -> UInt32 {
    let next = (generation &+ 1) & 0xFF_FFFF
    return next == 0 ? 1 : next
}
