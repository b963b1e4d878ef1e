/// A socket of one ring: a dense slot, reused after `.closed`, and a generation that tells its users apart.
public struct SocketID: Equatable, Hashable, Sendable {
    /// Index into per-connection arrays: as small as the number of sockets open at once.
    public var slot: UInt32
    /// 24 bits, counted up at each reuse of the slot.
    public var generation: UInt32

    /// A socket's name. Rings hand them out; tests may forge them.
    @inlinable
    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// No socket.
    @inlinable public static var none: SocketID { SocketID(slot: .max, generation: 0) }
}

/// A receive buffer of one ring, on loan to the loop between `.received` and `recycle`.
public struct BufferID: Equatable, Sendable {
    /// The kernel's buffer id.
    public var rawValue: UInt16

    /// A buffer's name.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// A point on the monotonic clock.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's origin.
    public var nanoseconds: UInt64

    /// A point on the clock.
    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Earlier and later.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant that lies `nanoseconds` after this one; the end of time at most.
    @inlinable
    public func advanced(byNanoseconds nanoseconds: UInt64) -> Instant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// The instant that lies `micros` µs after this one.
    @inlinable
    public func advanced(byMicros micros: UInt64) -> Instant { advanced(byNanoseconds: micros &* 1000) }

    /// The instant that lies `millis` ms after this one.
    @inlinable
    public func advanced(byMillis millis: UInt64) -> Instant { advanced(byNanoseconds: millis &* 1_000_000) }

    /// Nanoseconds from `earlier` to here, 0 if it is not earlier.
    @inlinable
    public func nanoseconds(since earlier: Instant) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds &- earlier.nanoseconds : 0
    }

    /// The clock's origin: a deadline that has always passed, so a turn that never waits.
    @inlinable public static var past: Instant { Instant(nanoseconds: 0) }
}

/// How one core names another's ring when it wants to wake it.
public struct WakeHandle: Equatable, Sendable {
    /// The ring's file descriptor; in a simulation the core's number.
    public var rawValue: Int32

    /// A ring's name.
    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// Something that happened to a ring: sixteen bytes, copied out of the kernel's queue.
///
///      0          8        10     11    12        16
///      | socket   | buffer | kind |  -  |  count  |
public struct Event: Equatable, Sendable {
    /// What happened.
    public enum Kind: UInt8, Sendable {
        /// A connection came in; `count` is its listener's index. Receiving has not been started.
        case accepted
        /// `count` bytes lie in `buffer`, which is on loan until recycled.
        case received
        /// The peer sends no more. It may still read: replies on their way are worth finishing.
        case peerClosed
        /// Receiving ended; `count` is the errno value. The socket is of no more use.
        case receiveFailed
        /// All of the bytes of the one send in flight have been taken by the kernel.
        case sent
        /// Sending ended; `count` is the errno value. The socket is of no more use.
        case sendFailed
        /// The last of a closed socket: its slot may be reused from now on.
        case closed
        /// Another core has something for us.
        case woken
        /// A listener could not accept; `count` is the errno value, `socket.slot` the listener's index.
        case acceptFailed
        /// A connection that we asked for is there. Receiving has not been started.
        case connected
        /// It could not be had; `count` is the errno value. The socket is of no more use and wants to be closed.
        case connectFailed
        /// A file is open, or could not be opened: `count` is 0 or a negative errno value, as in all file events.
        case fileOpened
        /// `count` bytes, fewer than asked for only at the end of the file.
        case fileRead
        /// All of the bytes; they are in the kernel's hands, or on the disk if that was asked for.
        case fileWritten
        /// What had been written before the sync was asked for is on the disk.
        case fileSynced
        /// The last of a file: its slot may be reused from now on.
        case fileClosed
        /// A file reaches as far as was asked for, or does not.
        case fileAllocated
        /// A file has been cut.
        case fileCut
        /// A file has its new name, or could not get it; the last of this `FileID`.
        case fileRenamed
        /// A file is gone, or could not be removed; the last of this `FileID`.
        case fileRemoved
    }

    /// Whom it concerns; `.none` for `.woken`. A file event has its file here and its tag in `buffer`.
    public var socket: SocketID
    /// The buffer of `.received`.
    public var buffer: BufferID
    /// What happened.
    public var kind: Kind
    /// Bytes, an errno value, or a listener's index, as the kind says.
    public var count: Int32

    /// An event, as a ring reports it.
    @inlinable
    public init(
        _ kind: Kind, _ socket: SocketID = .none, buffer: BufferID = BufferID(rawValue: 0), count: Int32 = 0
    ) {
        self.kind = kind
        self.socket = socket
        self.buffer = buffer
        self.count = count
    }
}

/// The events of one turn, in the order in which they happened. Lives on one core; allocated once.
///
/// Its capacity bounds a turn: completions beyond it stay in the kernel's queue for the next turn.
@safe
public struct EventBatch: ~Copyable {
    // Unsafe because the storage is manual: one allocation for the life of the loop, no reference counting and
    // no uniqueness checks in it. `count <= capacity` is checked on append, `index < count` on access.
    @usableFromInline let storage: UnsafeMutablePointer<Event>
    /// How many events there are.
    public private(set) var count: Int
    /// How many there may be.
    public let capacity: Int

    /// Room for `capacity` events; a power of two is not needed.
    public init(capacity: Int = 512) {
        precondition(capacity > 0, "an event batch without room would never end a turn")
        precondition(MemoryLayout<Event>.size == 16, "an event is sixteen bytes")
        unsafe storage = .allocate(capacity: capacity)
        self.capacity = capacity
        count = 0
    }

    deinit { unsafe storage.deallocate() }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// Whether there is room for no more.
    public var isFull: Bool { count == capacity }

    /// The event at `index`.
    @inlinable
    public subscript(index: Int) -> Event {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such event in the batch")
        return unsafe storage[index]
    }

    /// Adds one at the end. Rings do this; a test may.
    public mutating func append(_ event: Event) {
        precondition(count < capacity, "an event batch is full")
        unsafe (storage + count).initialize(to: event)
        count &+= 1
    }

    /// Forgets all of them.
    public mutating func removeAll() { count = 0 }
}
