import CShims
import Glibc
import Synchronization

/// Puts huge pages behind an arena's next pages before its core gets there. Its thread belongs to no core: it
/// touches page tables, never data.
///
/// Why: zeroing a 2 MiB page takes from a tenth of a millisecond to several (a virtual machine's first touch), and
/// whoever touches first waits. Small pages avoid the wait but double the cost of a lookup among millions of keys.
/// So the region is advised to use small pages, and the feeder takes that back for one piece of 2 MiB ahead of the
/// frontier, touches it, and gives the advice again:
///
/// ```
///  | in use | frontier | clear of the core, 1 to 2 pieces | ready pieces | piece under way | nothing behind it |
/// ```
/// - A touch holds no lock that another touch waits for. (MADV_COLLAPSE, which needs no advice, zeroes with the whole
///   address space locked: whoever touches any new page then waits for a thread of idle priority.)
/// - A core that outruns the feeder gets small pages and does not wait. Only the piece under way would make it zero a whole
///   page itself, so the arena steps over that one and comes back to it when it is done (see `PageOrder`).
/// - It runs at idle priority: where all cores are busy there are fewer huge pages, not slower cores.
@safe struct PageFeeder: ~Copyable {
    @safe private struct Work: ~Copyable {
        let base: UnsafeMutableRawPointer
        let order: PageOrder
        let stopping = Atomic<Bool>(false)
        var bell = sem_t()

        init(base: UnsafeMutableRawPointer, byteCount: Int) {
            unsafe self.base = base
            order = PageOrder(byteCount: byteCount)
        }
    }

    // Unsafe: shared with the thread, which is joined before it goes; both sides touch only the atomics and the bell.
    private let work: UnsafeMutablePointer<Work>?
    private var thread: pthread_t?
    /// What was last asked for; only the core looks at it.
    private var asked = 0
    /// At most so many bytes ahead: what is ready counts as resident memory.
    var leadMax = Int.max

    /// Feeds the region at `base`; does nothing where `enabled` is false. Where no thread can be had, or is not wanted (in
    /// tests, which play it by `order`), orders are taken and nobody works: the core gets small pages.
    init(base: UnsafeMutableRawPointer, byteCount: Int, enabled: Bool, startsThread: Bool = true) {
        guard enabled else {
            unsafe work = nil
            return
        }
        let work = UnsafeMutablePointer<Work>.allocate(capacity: 1)
        unsafe work.initialize(to: Work(base: base, byteCount: byteCount))
        unsafe sem_init(&work.pointee.bell, 0, 0)
        unsafe self.work = work
        if startsThread { thread = unsafe Self.start(work) }
    }

    private static func start(_ work: UnsafeMutablePointer<Work>) -> pthread_t? {
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { raw in
                // Unsafe: the pointer that pthread_create was given below; a thread body is given exactly this.
                guard let raw = unsafe raw else { return nil }
                unsafe PageFeeder.run(raw.assumingMemoryBound(to: Work.self))
                return nil
            }, work)
        return started == 0 ? thread : nil
    }

    deinit {
        guard let work = unsafe work else { return }
        unsafe work.pointee.stopping.store(true, ordering: .releasing)
        unsafe sem_post(&work.pointee.bell)
        if let thread { pthread_join(thread, nil) }
        unsafe work.deinitialize(count: 1)
        unsafe work.deallocate()
    }

    /// The core has come to `frontier` bytes: have an eighth more ready, 8 to 64 MiB. One wake-up for each 2 MiB.
    mutating func reached(_ frontier: Int) {
        guard let work = unsafe work else { return }
        unsafe work.pointee.order.reach(frontier)
        let lead = min(max(frontier / 8, 8 << 20), 64 << 20, leadMax)
        let wanted = (frontier + lead) & ~(Region.hugePageBytes - 1)
        guard wanted > asked else { return }
        asked = wanted
        unsafe work.pointee.order.want(wanted)
        unsafe sem_post(&work.pointee.bell)
    }

    /// What is agreed with the thread; nil where there is none to feed the region.
    func order<Answer>(_ ask: (borrowing PageOrder) -> Answer) -> Answer? {
        guard let work = unsafe work else { return nil }
        return unsafe ask(work.pointee.order)
    }

    private static func run(_ work: UnsafeMutablePointer<Work>) {
        // The thread that started us may be pinned.
        coronet_become_idle()
        unsafe coronet_name_this_thread("pages")
        var done = 0
        while true {
            while unsafe sem_wait(&work.pointee.bell) != 0 && errno == EINTR {}
            while true {
                if unsafe work.pointee.stopping.load(ordering: .acquiring) { return }
                guard let piece = unsafe work.pointee.order.beginPiece(from: done) else { break }
                unsafe populate(work.pointee.base + piece)
                unsafe work.pointee.order.endPiece()
                done = piece + Region.hugePageBytes
            }
        }
    }

    /// Puts a huge page behind a piece that nobody uses yet.
    private static func populate(_ piece: UnsafeMutableRawPointer) {
        // Unsafe: inside the region. Where the kernel refuses or has no huge page, small ones come when they are touched.
        unsafe madvise(piece, Region.hugePageBytes, MADV_HUGEPAGE)
        unsafe coronet_touch(piece)
        unsafe madvise(piece, Region.hugePageBytes, MADV_NOHUGEPAGE)
    }
}
