import CShims
import Glibc
import Synchronization

/// Puts huge pages behind an arena's next pages before its core gets there. Its thread belongs to no core: it
/// touches page tables, never data.
///
/// Why: zeroing a 2 MiB page takes from a tenth of a millisecond to several (a virtual machine's first touch), and
/// whoever touches first waits. Small pages avoid the wait but double the cost of a lookup among millions of keys.
/// So the region is not advised to use huge pages: then any touch of a hole would wait for one. The feeder makes them,
/// whole, in the stretch ahead of the frontier. If the core outruns it, the core gets small pages there, and nobody
/// waits. It runs at idle priority: where all cores are busy there are fewer huge pages, not slower cores.
@safe struct PageFeeder: ~Copyable {
    @safe private struct Order: ~Copyable {
        let base: UnsafeMutableRawPointer
        let byteCount: Int
        /// Populate up to this offset.
        let wanted = Atomic<Int>(0)
        /// The core has come to this offset.
        let frontier = Atomic<Int>(0)
        let stopping = Atomic<Bool>(false)
        var bell = sem_t()

        init(base: UnsafeMutableRawPointer, byteCount: Int) {
            unsafe self.base = base
            self.byteCount = byteCount
        }
    }

    // Unsafe: shared with the thread, which is joined before it goes; both sides touch only the atomics and the bell.
    private let order: UnsafeMutablePointer<Order>?
    private var thread = pthread_t()
    /// What was last asked for; only the core looks at it.
    private var asked = 0
    /// At most so many bytes ahead: what is ready counts as resident memory.
    var leadMax = Int.max

    /// Feeds the region at `base`, or, where `enabled` is false or no thread can be had, does nothing.
    init(base: UnsafeMutableRawPointer, byteCount: Int, enabled: Bool) {
        guard enabled else {
            unsafe order = nil
            return
        }
        let order = UnsafeMutablePointer<Order>.allocate(capacity: 1)
        unsafe order.initialize(to: Order(base: base, byteCount: byteCount))
        unsafe sem_init(&order.pointee.bell, 0, 0)
        let started = unsafe pthread_create(
            &thread, nil,
            { raw in
                // Unsafe: the pointer that pthread_create was given below; a thread body is given exactly this.
                guard let raw = unsafe raw else { return nil }
                unsafe PageFeeder.run(raw.assumingMemoryBound(to: Order.self))
                return nil
            }, order)
        if started != 0 {
            unsafe order.deinitialize(count: 1)
            unsafe order.deallocate()
            unsafe self.order = nil
            return
        }
        unsafe self.order = order
    }

    deinit {
        guard let order = unsafe order else { return }
        unsafe order.pointee.stopping.store(true, ordering: .releasing)
        unsafe sem_post(&order.pointee.bell)
        pthread_join(thread, nil)
        unsafe order.deinitialize(count: 1)
        unsafe order.deallocate()
    }

    /// The core has come to `frontier` bytes: have an eighth more ready, 8 to 64 MiB. One wake-up for each 2 MiB.
    mutating func reached(_ frontier: Int) {
        let lead = min(max(frontier / 8, 8 << 20), 64 << 20, leadMax)
        let wanted = (frontier + lead) & ~(Region.hugePageBytes - 1)
        guard let order = unsafe order else { return }
        unsafe order.pointee.frontier.store(frontier, ordering: .releasing)
        guard wanted > asked else { return }
        asked = wanted
        unsafe order.pointee.wanted.store(wanted, ordering: .releasing)
        unsafe sem_post(&order.pointee.bell)
    }

    private static func run(_ order: UnsafeMutablePointer<Order>) {
        // The thread that started us may be pinned.
        coronet_become_idle()
        unsafe coronet_name_this_thread("pages")
        var done = 0
        while true {
            while unsafe sem_wait(&order.pointee.bell) != 0 && errno == EINTR {}
            while true {
                if unsafe order.pointee.stopping.load(ordering: .acquiring) { return }
                let wanted = unsafe min(
                    order.pointee.wanted.load(ordering: .acquiring), order.pointee.byteCount)
                // Where the core may come while a page is being zeroed it would wait for it: stay clear of that.
                let near =
                    unsafe order.pointee.frontier.load(ordering: .acquiring) + 2 * Region.hugePageBytes - 1
                done = max(done, near & ~(Region.hugePageBytes - 1))
                if done + Region.hugePageBytes > wanted { break }
                // Unsafe: inside the region. One small page first, since there must be something to collapse. Where
                // the kernel refuses (before 6.1, none free) the pages come small, when they are touched.
                let piece = unsafe order.pointee.base + done
                unsafe madvise(piece, Region.pageBytes, PageFeeder.populateWrite)
                unsafe madvise(piece, Region.hugePageBytes, PageFeeder.collapse)
                done += Region.hugePageBytes
            }
        }
    }

    // The C library's headers may be older than the kernel: MADV_POPULATE_WRITE is of Linux 5.14, MADV_COLLAPSE of 6.1.
    private static var populateWrite: Int32 { 23 }
    private static var collapse: Int32 { 25 }
}
