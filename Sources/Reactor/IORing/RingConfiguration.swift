/// The sizes of a ring. Every one is a bound; what happens there is written beside it.
public struct RingConfiguration: Sendable {
    /// Submission entries. When a turn asks for more, what is queued is submitted early: one more system call.
    public var submissionEntries: Int = 512
    /// Completion entries, at least four times the submissions. Beyond them the kernel keeps a backlog, ends
    /// multishot operations (they are re-armed) and the turn counts an overflow.
    public var completionEntries: Int = 8192
    /// Receive buffers: a power of two up to 32,768. When all are on loan, sockets starve (and are served first
    /// come first served) until one is recycled.
    public var bufferCount: Int = 1024
    /// Bytes in a receive buffer: the largest `received` there can be.
    public var bufferSize: Int = 16 * 1024

    /// The default sizes.
    public init() {}
}
