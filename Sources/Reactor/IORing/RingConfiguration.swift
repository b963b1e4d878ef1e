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
    /// Receive buffers at most: a power of two up to 32,768. When all are on loan, sockets starve (and are served
    /// first come first served) until one is recycled.
    ///
    /// The kernel has fewer as long as they suffice (`ReceiveBuffers`): it uses those that it has in turn, so all of
    /// them become resident and pass through the cache.
    public var bufferCount: Int = 256
    /// Bytes in a receive buffer: the largest `received` there can be.
    ///
    /// 16 KiB holds a pipeline of 16 SETs of 1 KiB but for a rest. With 4 KiB that load costs 15 % more (four
    /// completions where one does), with 32 KiB nothing less. 64 B values do not care.
    public var bufferSize: Int = 16 * 1024

    /// The default sizes.
    public init() {}

    /// The ring that is tried before a real one is made.
    static var proof: RingConfiguration {
        var small = RingConfiguration()
        small.submissionEntries = 8
        small.completionEntries = 32
        small.bufferCount = 2
        small.bufferSize = 4096
        return small
    }

    /// What the kernel counts as locked memory while this ring is made (from 6.14 on, for users without
    /// CAP_IPC_LOCK): its queues, and those of the one tried before, which the kernel gives up a little later.
    public var lockedBytes: Int { queueBytes + RingConfiguration.proof.queueBytes }

    /// The two queues and the ring that names the receive buffers, each in whole pages. The buffers themselves are
    /// ordinary memory.
    private var queueBytes: Int {
        let page = 4096
        let submissions = submissionEntries * 64
        // The heads and tails go before the completions; an old kernel keeps an index array behind them.
        let completions = 192 + completionEntries * 16 + submissionEntries * 4
        return [submissions, completions, bufferCount * 16].reduce(0) { $0 + ($1 + page - 1) / page * page }
    }
}
