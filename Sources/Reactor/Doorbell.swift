import Synchronization

/// How a core that may be asleep is found and woken at most once. One for each core, shared with all others.
///
/// A core about to wait in its ring announces it, looks into its mailboxes once more, and waits only if they
/// are empty. A producer publishes its messages and then asks the bell; only if it finds the announcement does
/// it wake (a message from ring to ring costs both sides something; a core that is awake looks by itself).
///
///     consumer                          producer
///     C1  sleeping = 1                  P1  tail = t          (publish)
///     --- fence ---                     --- fence ---
///     C2  read tail                     P2  read sleeping
///
/// No wake-up can be lost: the two fences have one order. If the consumer's comes first, P2 sees sleeping = 1 and
/// wakes. If the producer's comes first, C2 sees the message and the consumer does not wait. Without the fences
/// both could read old values, because a processor may let a load overtake its own earlier store.
///
/// And no core is woken twice for one sleep: `claim` takes the announcement away, and one producer gets it. A wake
/// that comes after the core has gone on by itself ends a later wait early, which the ring allows.
///
/// A plain pointer, copied to every core: counting references here would make all cores write one cache line.
/// So whoever made it frees it, after the cores have ended.
@safe
public struct Doorbell: @unchecked Sendable {
    // Unsafe because freed by hand. Alone on its cache line, so that asking does not slow a neighbour's writes.
    private let sleeping: UnsafeMutablePointer<Atomic<Bool>>

    /// A bell for one core.
    public init() {
        let line = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        unsafe sleeping = line.bindMemory(to: Atomic<Bool>.self, capacity: 1)
        unsafe sleeping.initialize(to: Atomic(false))
    }

    /// Frees it. No copy may be used afterwards.
    public func deallocate() {
        unsafe UnsafeMutableRawPointer(sleeping).deallocate()
    }

    /// C1: the owner is about to wait. It must look into all of its mailboxes after this.
    public func announceSleep() {
        unsafe sleeping.pointee.store(true, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// The owner goes on.
    public func announceAwake() {
        unsafe sleeping.pointee.store(false, ordering: .relaxed)
    }

    /// P2, after publishing: whether the caller has to wake the owner. True for one caller per sleep.
    public func claim() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard unsafe sleeping.pointee.load(ordering: .relaxed) else { return false }
        return unsafe sleeping.pointee.exchange(false, ordering: .relaxed)
    }
}
