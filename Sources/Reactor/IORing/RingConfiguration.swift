/// The sizes of a ring. Every one is a bound; what happens there is written beside it.
public struct RingConfiguration: Sendable {
    /// Submission entries. When a turn asks for more, what is queued is submitted early: one more system call.
    ///
    /// 128 to 4096 cost the same at pipelines of 1 and 16 (within 2 %): this is for bursts.
    public var submissionEntries: Int = 512
    /// Completion entries, at least four times the submissions. Beyond them the kernel keeps a backlog, ends
    /// multishot operations (they are re-armed) and the turn counts an overflow.
    ///
    /// 1024 to 32,768 cost the same. Deferred task runs post some twenty completions a time and stop when there is
    /// something to do, so the queue fills only when a batch of events is full.
    public var completionEntries: Int = 8192
    /// Receive buffers: a power of two up to 32,768. When all are on loan, sockets starve (and are served first
    /// come first served) until one is recycled.
    ///
    /// 64 to 1024 cost the same at 50 connections. The kernel uses them in turn, so all become resident: 256 of
    /// 16 KiB are 4 MiB a core, which a second-level cache can nearly keep.
    public var bufferCount: Int = 256
    /// Bytes in a receive buffer: the largest `received` there can be.
    ///
    /// 16 KiB holds a pipeline of 16 SETs of 1 KiB but for a rest. With 4 KiB that load costs 15 % more (four
    /// completions where one does), with 32 KiB nothing less. 64 B values do not care.
    public var bufferSize: Int = 16 * 1024

    /// The default sizes.
    public init() {}
}
