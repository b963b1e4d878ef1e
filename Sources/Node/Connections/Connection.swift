import Commands
import Keyspace
import Reactor
import Wire

/// What a core remembers of one client. Lives on the core that accepted it, at the index of its socket's slot.
///
/// An idle connection owns no buffers: the reply buffer is lent from the core's pool while there is something to
/// say, and the carry buffer exists only while a request is incomplete or has to wait.
struct Connection: ~Copyable {
    /// States that are on or off.
    struct Flags: OptionSet {
        let rawValue: UInt32
        /// The slot is in use.
        static let open = Flags(rawValue: 1 << 0)
        /// Has given the password, or needs none.
        static let authenticated = Flags(rawValue: 1 << 1)
        /// Answers what is queued, then closes; nothing more is executed.
        static let closingAfterReply = Flags(rawValue: 1 << 2)
        /// The ring is closing it; nothing more is sent.
        static let closing = Flags(rawValue: 1 << 3)
        /// A command of it is under way on several cores, or the node is paused: later requests wait in `carry`.
        static let blocked = Flags(rawValue: 1 << 4)
        /// Stands in the core's flush list.
        static let inFlushList = Flags(rawValue: 1 << 5)
        /// One send is in flight.
        static let sending = Flags(rawValue: 1 << 6)
        /// CLIENT REPLY OFF.
        static let replyOff = Flags(rawValue: 1 << 7)
        /// CLIENT REPLY SKIP was said: has no reply itself, and then the next command has none.
        static let replySkipNext = Flags(rawValue: 1 << 8)
        static let replySkipThis = Flags(rawValue: 1 << 9)
        /// The reply of the command under way is dropped.
        static let silenced: Flags = [.replyOff, .replySkipThis, .replySkipNext]
        static let noEvict = Flags(rawValue: 1 << 10)
        static let noTouch = Flags(rawValue: 1 << 11)
        static let monitor = Flags(rawValue: 1 << 12)
        /// Came over the Unix socket.
        static let unixSocket = Flags(rawValue: 1 << 13)
        /// Waits for the end of CLIENT PAUSE.
        static let paused = Flags(rawValue: 1 << 14)
        /// READONLY was said (cluster clients).
        static let readOnly = Flags(rawValue: 1 << 15)
        /// The peer has closed its side; what it asked is still answered.
        static let peerClosed = Flags(rawValue: 1 << 16)
        /// Came to the port of this very core, not to the node's.
        static let corePort = Flags(rawValue: 1 << 17)
        /// No further request may be executed, now or ever.
        static let refusing: Flags = [.blocked, .throttled, .closingAfterReply, .closing]
        /// Further requests wait in `carry`, for whatever reason.
        static let waiting: Flags = [.blocked, .throttled]
        /// Receiving is stopped because too much waits in `carry`.
        static let receivePaused = Flags(rawValue: 1 << 18)
        /// It does not read what it asked for: later requests wait in `carry` until it does.
        static let throttled = Flags(rawValue: 1 << 19)
        /// Something is to be done as soon as the replies have left.
        static let waitingForSend: Flags = [.closingAfterReply, .peerClosed, .throttled]
        /// Counts as a client: neither refused nor on its way out.
        static let counted = Flags(rawValue: 1 << 20)
        /// Replies of it wait for the log to be on the disk.
        static let held = Flags(rawValue: 1 << 21)
    }

    var socket: SocketID
    /// Of the socket, to ask the kernel for its addresses.
    var descriptor: Int32
    /// Unique over the node's life: CLIENT ID.
    var id: UInt64
    var flags: Flags = []
    var database = DatabaseIndex(rawValue: 0)
    var lastCommand: StatIndex = .none
    /// Milliseconds since 1970.
    var createdAt: Int64
    var lastActiveAt: Int64

    var parser = RequestParser()
    /// Received bytes that are not executed yet, from the first byte of a request on.
    var carry = ByteBuffer()
    /// Replies that may be sent.
    var reply = ReplyWriter(version: .v2)
    /// Replies that are being sent.
    var inFlight = ByteBuffer()
    /// Replies that wait for other cores.
    var order = ReplyOrder()
    /// The first bytes of `reply` that wait for the log, and for how much of it; 0: none do.
    var heldCount = 0
    var heldEnd: UInt64 = 0
    /// The end of the log after the last write that was executed here.
    var logEnd: UInt64 = 0
    /// Since when the output stands above the soft limit; 0 if it does not.
    var softLimitSince: Int64 = 0
    /// Names and totals that only CLIENT LIST and its like read.
    var identity: ConnectionIdentity?

    init(socket: SocketID, descriptor: Int32 = -1, id: UInt64, now: Int64) {
        self.socket = socket
        self.descriptor = descriptor
        self.id = id
        createdAt = now
        lastActiveAt = now
    }

    /// Further requests wait in `carry`.
    var mustCarry: Bool { !carry.isEmpty || !flags.isDisjoint(with: .refusing) }

    /// Nothing more is executed for it.
    var isLeaving: Bool { !flags.isDisjoint(with: [.closingAfterReply, .closing]) }

    /// The reply written since `start` waits behind awaited ones.
    mutating func park(since start: Int) { order.park(from: &reply.buffer, since: start) }

    /// An awaited reply has come.
    mutating func fulfil(_ ticket: UInt32, with bytes: RawSpan) {
        order.fulfil(ticket, with: bytes, into: &reply.buffer)
    }

    /// Everything that may be sent goes into flight.
    mutating func beginSend() {
        swap(&inFlight, &reply.buffer)
        flags.insert(.sending)
    }

    /// The first `count` bytes go into flight; the others stay.
    mutating func beginSend(_ count: Int) {
        beginSend()
        guard count < inFlight.count else { return }
        let rest = ByteBuffer(inFlight.bytes.from(count))
        reply.buffer.append(rest.bytes)
        inFlight.truncate(to: count)
    }

    /// A reply has been dropped: CLIENT REPLY SKIP passes on to the next command, or is over.
    mutating func passSilence() {
        flags.remove(.replySkipThis)
        guard flags.contains(.replySkipNext) else { return }
        flags.remove(.replySkipNext)
        flags.insert(.replySkipThis)
    }

    /// Bytes of replies not yet taken by the kernel.
    var outputBytes: Int { reply.buffer.count + inFlight.count + order.parkedBytes }
}

/// What a client says of itself; made only when it does.
struct ConnectionIdentity {
    var name: [UInt8] = []
    var libraryName: [UInt8] = []
    var libraryVersion: [UInt8] = []
    /// The peer's address, once a monitor has asked for it.
    var address = ""
}

extension Connection.Flags {
    /// Whether at least one of `others` is there.
    @inline(__always)
    func contains(anyOf others: Self) -> Bool { !isDisjoint(with: others) }
}
