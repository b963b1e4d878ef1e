import BasicContainers
import CShims
import Glibc

/// The kernel's ring. Lives on one core: made, used and given up by one pinned thread.
///
/// All that it holds is either mapped once (the queues, the receive buffers) or an array that grows with the
/// number of connections (40 bytes each); an operation allocates nothing.
///
/// What an operation was is written in its `user_data`, so that a completion needs no table to be understood and
/// one that comes late, for a slot that has a new user, is told by its generation:
///
///      63      56 55          32 31            0
///      | kind    | generation   | slot         |
@safe
public struct IORing: RingDriver, ~Copyable {
    /// What an operation was, in the top byte of `user_data`.
    enum Operation: UInt8 {
        case accept = 1
        case receive, send, close, connect
        /// Cancellations report only failures.
        case cancelReceive, cancelSend, cancelAccept, cancelConnect
        /// A peer's wake-up, written by the peer; and our own that failed.
        case wake, wakeFailed
        /// An operation on a file; `slot` is its place in the table of operations.
        case file
    }

    let queues: RingQueues
    /// One beyond the last submission written; the kernel learns of it at the next enter.
    var submissionNext: UInt32 = 0
    /// The next completion to read.
    var completionNext: UInt32 = 0

    var links = Links()
    var listeners = Listeners()
    var buffers: ReceiveBuffers
    var files = FileTable()
    /// Slots whose sends report only failures, submitted or about to be, until they have been seen to be through.
    var silentSends = UniqueArray<UInt32>()
    /// Some of them could not be told in the last turn.
    var hasUnsettledSends = false
    /// The longest single send: a length travels as 32 bits. More goes in pieces, like short sends. (Tests lower it.)
    var sendPieceBytes = 1 << 30
    /// The same for files.
    var filePieceBytes = 1 << 30
    /// What happened besides the events.
    public internal(set) var counters = RingCounters()

    /// What the kernel granted.
    public internal(set) var features: RingFeatures

    /// Makes a ring for the calling thread, after a small one has been seen to receive and to tell what it must.
    public init(_ configuration: RingConfiguration = RingConfiguration()) throws(RingError) {
        let tellsFailures = try Self.prove()
        try self.init(unproven: configuration)
        features.silentSends = tellsFailures
    }

    init(unproven configuration: RingConfiguration, allowing setup: RingSetup = .best) throws(RingError) {
        let buffers = try ReceiveBuffers(count: configuration.bufferCount, size: configuration.bufferSize)
        (queues, features) = try RingQueues.open(configuration, setup, buffers: buffers.registration)
        self.buffers = buffers
    }

    deinit {
        queues.unmap()
        links.closeAll()
        if listeners.spareDescriptor >= 0 { _ = Glibc.close(listeners.spareDescriptor) }
    }

    // MARK: small things

    /// How peers name this ring when they wake it.
    public var wakeHandle: WakeHandle { unsafe WakeHandle(rawValue: queues.ring.ring_fd) }

    /// Sockets open now.
    public var openSockets: Int { links.openCount }

    /// Bytes that this ring has allocated for its sockets.
    public var socketTableBytes: Int { links.allocatedBytes }

    /// The monotonic clock, read now.
    public func now() -> Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    /// Nanoseconds since 1970, read now.
    public func wallClockNanos() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// The socket's file descriptor.
    public func descriptor(of socket: SocketID) -> Int32 {
        precondition(links.holds(slot: socket.slot, generation: socket.generation), "the socket is closed")
        return links[socket.slot].descriptor
    }

    /// Packs an operation's name for its completion.
    @inline(__always)
    static func token(_ operation: Operation, slot: UInt32, generation: UInt32) -> UInt64 {
        UInt64(operation.rawValue) &<< 56 | UInt64(generation) &<< 32 | UInt64(slot)
    }
}

/// What happened to a ring besides its events: for INFO, metrics and tests.
public struct RingCounters: Sendable {
    /// Turns taken.
    public var turns: UInt64 = 0
    /// System calls made for them.
    public var enters: UInt64 = 0
    /// Turns that found the completion queue overrun.
    public var overflows: UInt64 = 0
    /// Times the kernel said that it had to drop completions for want of memory.
    public var completionsDropped: UInt64 = 0
    /// Completions for a socket that was gone, ignored.
    public var staleCompletions: UInt64 = 0
    /// Receives that found no buffer.
    public var starvations: UInt64 = 0
    /// Multishot operations that ended and were armed again.
    public var rearms: UInt64 = 0
    /// Sends that the kernel cut short and that were continued.
    public var shortSends: UInt64 = 0
    /// Reads and writes of files that the kernel cut short and that were continued.
    public var shortTransfers: UInt64 = 0
    /// Writes from registered memory.
    public var fixedWrites: UInt64 = 0
    /// Connections turned away because there were no descriptors left.
    public var connectionsRefused: UInt64 = 0
    /// Wake-ups sent to other cores.
    public var wakesSent: UInt64 = 0
    /// Wake-ups that did not reach their core.
    public var wakesFailed: UInt64 = 0
    /// Wake-ups received.
    public var wakesReceived: UInt64 = 0

    /// Nothing has happened yet.
    public init() {}
}
