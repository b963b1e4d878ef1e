import Synchronization

/// A one-way street between two cores: a ring of 64-byte cells in shared memory, one producer, one consumer.
///
/// Messages are written and read in place. Each side tells the other of its progress once a turn, by one store, so
/// that a batch costs two cache-line transfers for the indices whatever its length.
///
///     line 0: | published tail |                 written by the producer, once a turn
///     line 1: | released head  |                 written by the consumer, once a turn
///     line 2: | cell 0 | cell 1 | ... | cell capacity-1 |
///
/// At the bound `reserve` returns nil: the producer keeps its message and tries again next turn.
///
/// This object is only the memory. Its two ends are values of their own, each made by the core that uses it.
@safe
public final class Mailbox: @unchecked Sendable {
    /// Bytes in a cell: one cache line.
    @inlinable public static var cellBytes: Int { 64 }

    /// Cells: what may be under way at once.
    public let capacity: Int

    // Unsafe because two threads write here, each its own lines as drawn above.
    private let base: UnsafeMutableRawPointer
    private let ends = Atomic<UInt8>(0)

    var publishedTail: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe base.assumingMemoryBound(to: Atomic<UInt32>.self)
    }
    var releasedHead: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + Self.cellBytes).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
    var cells: UnsafeMutableRawPointer { unsafe base + 2 * Self.cellBytes }

    /// A street of `capacity` cells, a power of two.
    public init(capacity: Int) {
        precondition(
            capacity > 0 && capacity & (capacity - 1) == 0, "a mailbox holds a power of two of cells")
        self.capacity = capacity
        let bytes = (capacity + 2) * Self.cellBytes
        unsafe base = .allocate(byteCount: bytes, alignment: Self.cellBytes)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        unsafe publishedTail.initialize(to: Atomic(0))
        unsafe releasedHead.initialize(to: Atomic(0))
    }

    deinit { unsafe base.deallocate() }

    private func claimEnd(_ bit: UInt8) {
        let before = ends.bitwiseOr(bit, ordering: .relaxed).oldValue
        precondition(before & bit == 0, "a mailbox has one producer and one consumer")
    }

    /// The sending end. Lives on one core.
    @safe
    public struct Producer: ~Copyable {
        private let shared: Mailbox
        // Unsafe for speed alone: the same memory as `shared` keeps alive, without counting references.
        @usableFromInline let cells: UnsafeMutableRawPointer
        @usableFromInline let publishedTail: UnsafeMutablePointer<Atomic<UInt32>>
        @usableFromInline let releasedHead: UnsafeMutablePointer<Atomic<UInt32>>
        @usableFromInline let mask: UInt32
        /// One beyond the last cell written.
        @usableFromInline var tail: UInt32 = 0
        /// What `publish` has told.
        @usableFromInline var told: UInt32 = 0
        /// The last head seen: read anew only when the street looks full.
        @usableFromInline var headSeen: UInt32 = 0

        /// The one producer of `shared`.
        public init(_ shared: Mailbox) {
            shared.claimEnd(1)
            self.shared = shared
            unsafe cells = shared.cells
            unsafe publishedTail = shared.publishedTail
            unsafe releasedHead = shared.releasedHead
            mask = UInt32(shared.capacity - 1)
        }

        /// The next free cell, to be written in full or in part before `publish`; `nil` if the street is full.
        ///
        /// A reserved cell is part of the next publication.
        @inlinable
        public mutating func reserve() -> UnsafeMutableRawBufferPointer? {
            if tail &- headSeen > mask {
                headSeen = unsafe releasedHead.pointee.load(ordering: .acquiring)
                if tail &- headSeen > mask { return nil }
            }
            let cell = unsafe cells + Int(tail & mask) &* Mailbox.cellBytes
            tail &+= 1
            return unsafe UnsafeMutableRawBufferPointer(start: cell, count: Mailbox.cellBytes)
        }

        /// Shows everything written since the last call to the consumer. Whether there was anything: then the
        /// consumer's `Doorbell` must be asked whether it sleeps.
        @inlinable
        public mutating func publish() -> Bool {
            guard tail != told else { return false }
            told = tail
            unsafe publishedTail.pointee.store(tail, ordering: .releasing)
            return true
        }

        /// Whether something has been reserved and not yet published.
        @inlinable public var hasUnpublished: Bool { tail != told }
    }

    /// The receiving end. Lives on one core.
    @safe
    public struct Consumer: ~Copyable {
        private let shared: Mailbox
        // Unsafe for speed alone, as in `Producer`.
        @usableFromInline let cells: UnsafeMutableRawPointer
        @usableFromInline let publishedTail: UnsafeMutablePointer<Atomic<UInt32>>
        @usableFromInline let releasedHead: UnsafeMutablePointer<Atomic<UInt32>>
        @usableFromInline let mask: UInt32
        /// The next cell to read.
        @usableFromInline var head: UInt32 = 0
        /// What `release` has told.
        @usableFromInline var told: UInt32 = 0
        /// The last tail seen.
        @usableFromInline var tailSeen: UInt32 = 0

        /// The one consumer of `shared`.
        public init(_ shared: Mailbox) {
            shared.claimEnd(2)
            self.shared = shared
            unsafe cells = shared.cells
            unsafe publishedTail = shared.publishedTail
            unsafe releasedHead = shared.releasedHead
            mask = UInt32(shared.capacity - 1)
        }

        /// Whether a message waits. Looks at the shared line: part of the sleeping protocol.
        @inlinable public var hasMessage: Bool {
            unsafe publishedTail.pointee.load(ordering: .acquiring) != head
        }

        /// The next message, to be read before `release`; `nil` if there is none.
        @inlinable
        public mutating func next() -> UnsafeRawBufferPointer? {
            if head == tailSeen {
                tailSeen = unsafe publishedTail.pointee.load(ordering: .acquiring)
                if head == tailSeen { return nil }
            }
            let cell = unsafe cells + Int(head & mask) &* Mailbox.cellBytes
            head &+= 1
            return unsafe UnsafeRawBufferPointer(start: cell, count: Mailbox.cellBytes)
        }

        /// Gives the cells read so far back to the producer. Once a turn.
        @inlinable
        public mutating func release() {
            guard head != told else { return }
            told = head
            unsafe releasedHead.pointee.store(head, ordering: .releasing)
        }
    }
}
