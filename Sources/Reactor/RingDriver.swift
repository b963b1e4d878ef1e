/// Reactor: one ring on one thread.
///
/// Everything that touches the kernel's network path lives here: submission, completions (pulled in batches, not
/// called back), receive buffers, sends, accepts, cancellation, wake-ups and mailboxes between cores, pinning.
/// A ring belongs to the thread that made it; nothing here is shared except what says so (`Mailbox`, `Doorbell`).
///
/// Reading order: `RingDriver` (what a core sees; files in `FileDriver`), `Event`, `IORing` (the real one; `IORing+Turn` first),
/// `SimulatedRing` (the same for tests: clock, network and wake-ups from a seed), `Mailbox` and `Doorbell`.

/// What a core's loop knows of the outside world: sockets, time and wake-ups.
///
/// The loop is written against this protocol so that tests can run several cores on one thread with simulated
/// connections and a simulated clock. The rules hold for every driver:
///
/// - Nothing happens to the outside before the next `turn`; all that is asked between two turns travels together.
/// - A socket's operations end in order: after `.closed` no event of that `SocketID` appears again.
/// - Events that already lie in the caller's batch when it closes a socket are still there. A `.received` among
///   them carries a buffer, which must be recycled like any other.
public protocol RingDriver: FileDriver, ~Copyable {
    /// Submits everything asked for since the last turn, waits until there is at least one completion or
    /// `deadline` has come (`nil`: wait forever; a past instant: do not wait), and replaces the contents of
    /// `events`.
    ///
    /// May return with no events: a signal, a wake-up that came early, or only internal completions.
    mutating func turn(until deadline: Instant?, into events: inout EventBatch)

    /// The monotonic clock, read now.
    func now() -> Instant

    /// Nanoseconds since 1970 on the wall clock, read now.
    func wallClockNanos() -> Int64

    /// Accepts connections from a listening socket until `stopListening`. `index` comes back in each event.
    mutating func listen(on descriptor: Int32, index: Int)

    /// Accepts no more from the listener with this index. The descriptor stays the caller's to close.
    mutating func stopListening(index: Int)

    /// Takes over a connected socket. Accepted sockets are adopted already.
    mutating func adopt(_ descriptor: Int32) -> SocketID

    /// Opens a connection, TCP or Unix: `.connected` or `.connectFailed` comes in a later turn, and until then the socket can
    /// only be closed. Throws when there is no descriptor left for it.
    mutating func connect(to address: RemoteAddress) throws(RemoteAddress.Failure) -> SocketID

    /// Lets received bytes flow. Each `.received` hands over one buffer, to be given back with `recycle`.
    mutating func startReceiving(_ socket: SocketID)

    /// Stops the flow of received bytes so that the peer's window fills. Bytes that the kernel has already
    /// handed over still arrive: a few `.received` may follow.
    mutating func pauseReceiving(_ socket: SocketID)

    /// Lets the bytes flow again after `pauseReceiving`.
    mutating func resumeReceiving(_ socket: SocketID)

    /// The first `count` bytes of a buffer that a `.received` event handed over.
    @_lifetime(borrow self)
    func bytes(of buffer: BufferID, count: Int) -> RawSpan

    /// Gives a received buffer back. Exactly once for each `.received`.
    mutating func recycle(_ buffer: BufferID)

    /// Gives memory back that has not been needed since the last call: once a second or so.
    mutating func trim()

    /// Sends all of `bytes`; at most one send may be in flight on a socket. The memory must stay as it is until
    /// `.sent`, `.sendFailed` or `.closed` comes.
    ///
    /// A send that the kernel takes whole is no news to wait for: the turn that submits it goes on waiting, and `.sent`
    /// comes with whatever ends the turn. Whoever has something to do as soon as it is sent says `isAwaited`.
    mutating func send(_ socket: SocketID, _ bytes: UnsafeRawBufferPointer, isAwaited: Bool)

    /// Tells the peer that nothing more will be sent. Call it when no send is in flight.
    mutating func shutdownWrite(_ socket: SocketID)

    /// Cancels what is in flight and closes; `.closed` follows when the last of it has ended. No other event of
    /// this socket is added after this call.
    mutating func close(_ socket: SocketID)

    /// The socket's file descriptor, for its addresses and options. Never for reading, writing or closing.
    func descriptor(of socket: SocketID) -> Int32

    /// What has happened besides events, as of now.
    var counters: RingCounters { get }

    /// Makes the turn of another core end: `.woken` appears there. Travels with the next turn.
    mutating func wake(_ peer: WakeHandle)
}
