import Synchronization

/// A core's memory for data: blocks by handle, from one reserved range. Lives on one core.
///
/// ```
///  region   | page 0 | page 1 | page 2 | ...................... | frontier -> never touched
///             unused   \________ a span: pages used for one thing ________/
///  pageMap  | one UInt32 for each page: the index of its span (exact at a span's first and last page,
///  |          and at every page of a slab)
///  spans    | 32 bytes for each span: free run, slab of one size class, or run of pages for one large block
///  heaps    | for each heap: lists of its slabs with room, its full slabs by class, and its runs
/// ```
/// A *heap* is a set of blocks that can be given up together (one heap per database): flushing costs time by the
/// span, not by the block. Freed pages stay dirty for reuse until `giveBack` returns them to the kernel, in
/// slices of the caller's choosing, so no free ever waits for the kernel.
///
/// An allocation that does not fit answers nil: a full cache is weather, not a bug.
@safe public struct Arena: ~Copyable {
    /// Before the regions, so that its thread is gone when they go.
    var feeder: PageFeeder
    let region: Region
    let pageMapRegion: Region
    let spanRegion: Region
    let listRegion: Region

    /// How handles of this arena become addresses.
    public let addresses: AddressMap
    // Unsafe pointers below: each is the start of a region above and lives as long as self.
    let pageMap: UnsafeMutablePointer<UInt32>
    let spans: UnsafeMutablePointer<Span>
    let lists: UnsafeMutablePointer<UInt32>

    let granuleShift: Int
    let pageLimit: UInt32
    /// The first page that no span has covered yet.
    var frontier: UInt32 = 1
    /// Pages below the frontier that wait for the feeder to be done with them (see `PageFeeder`), or no span.
    var aside: UInt32 = Span.none
    /// Spans ever numbered; 0 is no span.
    var spanCount: UInt32 = 1
    /// Span numbers to use again, threaded through `next`.
    var spareSpan: UInt32 = Span.none
    /// Which bins of free runs hold something: lengths 1...63 by bit, then powers of two.
    var smallBins: UInt64 = 0
    var largeBins: UInt64 = 0

    /// The sizes of all allocated blocks, in bytes.
    public private(set) var usedBytes = 0
    /// How many blocks are allocated.
    public private(set) var blockCount = 0
    /// Pages in slabs and runs.
    var heldPages = 0
    /// Pages free in the arena but not given back to the kernel.
    var dirtyPages = 0

    /// Reserves `byteCount` bytes of address space (up to 64 GiB at 16 bytes a granule: see `granuleBytes`).
    /// Nothing is touched yet. `hugePages` has a thread put huge pages ahead of the frontier. Answers nil where the kernel refuses the reservation.
    public init?(byteCount: Int, heaps: Int = 1, numaNode: Int? = nil, hugePages: Bool = true) {
        precondition(byteCount >= 1 << 20, "an arena needs at least 1 MiB")
        precondition(heaps >= 1 && heaps <= 255, "an arena has 1 to 255 heaps")
        let bytes = (byteCount + Arena.pageBytes - 1) & ~(Arena.pageBytes - 1)
        let pages = bytes / Arena.pageBytes
        var shift = 3
        while bytes >> shift > 1 << 32 { shift += 1 }
        precondition(shift <= 6, "an arena is at most 256 GiB")
        guard let region = Region(byteCount: bytes, numaNode: numaNode),
            let pageMapRegion = Region(byteCount: (pages + 1) * 4, alignment: 4096, numaNode: numaNode),
            let spanRegion = Region(
                byteCount: (pages + 2) * MemoryLayout<Span>.stride, alignment: 4096, numaNode: numaNode),
            let listRegion = Region(
                byteCount: (Arena.binCount + heaps * Arena.heapStride) * 4, alignment: 4096,
                numaNode: numaNode)
        else { return nil }
        // Unsafe: fresh mappings are zero, which is a valid UInt32 and a valid unused Span.
        unsafe self.addresses = AddressMap(base: region.base, granuleShift: shift)
        unsafe self.pageMap = pageMapRegion.base.bindMemory(to: UInt32.self, capacity: pages + 1)
        unsafe self.spans = spanRegion.base.bindMemory(to: Span.self, capacity: pages + 2)
        unsafe self.lists = listRegion.base.bindMemory(
            to: UInt32.self, capacity: Arena.binCount + heaps * Arena.heapStride)
        unsafe feeder = PageFeeder(base: region.base, byteCount: bytes, enabled: hugePages)
        self.region = region
        self.pageMapRegion = pageMapRegion
        self.spanRegion = spanRegion
        self.listRegion = listRegion
        self.granuleShift = shift
        self.pageLimit = UInt32(pages)
        self.heapCount = heaps
    }

    let heapCount: Int

    /// Never read. An atomic has an address of its own, so the compiler passes arenas, and shards around them, by
    /// reference where it would otherwise copy their few hundred bytes for every call that only borrows them.
    private let anchor = Atomic<Bool>(false)

    /// Bytes that a handle counts by: 8 up to 32 GiB, 16 up to 64 GiB, and so on.
    public var granuleBytes: Int { 1 << granuleShift }

    /// At most so many bytes of memory stand behind the arena now: pages in use, pages free but not given back.
    public var committedBytes: Int { (heldPages + dirtyPages) * Arena.pageBytes }

    /// Bytes that no block has ever covered: certain room, in one piece.
    public var untouchedBytes: Int { Int(pageLimit - frontier) * Arena.pageBytes }

    /// What the arena itself keeps beside the blocks: the page map and the spans.
    public var bookkeepingBytes: Int { Int(frontier) * 4 + Int(spanCount) * MemoryLayout<Span>.stride }

    static var pageBytes: Int { 4096 }
    static var pageShift: Int { 12 }
    static var binCount: Int { 128 }
    static var heapStride: Int { 192 }
    static var runList: Int { 2 * BlockSize.classCount }

    mutating func count(_ bytes: Int, blocks: Int) {
        usedBytes &+= bytes
        blockCount &+= blocks
    }
}
