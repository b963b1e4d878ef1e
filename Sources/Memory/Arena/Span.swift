/// One run of pages and what it is used for. 32 bytes, kept apart from the pages so that free pages stay untouched.
///
/// ```
///  0         4         8         12        16        20        24    26    28   29   30   31   32
///  | first   | pages   | next    | previous| freeHead| dirty   | used|fresh|role|clas|heap|leav|
/// ```
/// `next` and `previous` thread a span into one list: of free runs of its length, or of its heap and class, or of the
/// slabs of its heap that are leaving.
struct Span {
    enum Role: UInt8 {
        case unused, free, slab, run, aside
    }

    var firstPage: UInt32 = 0
    var pageCount: UInt32 = 0
    var next: UInt32 = 0
    var previous: UInt32 = 0
    /// The first free block as granules from the span's start, plus one; the block's first word links on. 0: none.
    var freeHead: UInt32 = 0
    /// Of a free run: its first so many pages may have been touched since they were last given back.
    var dirtyPages: UInt32 = 0
    var blocksUsed: UInt16 = 0
    /// Blocks never handed out yet: the first so many of the slab, untouched, taken from the highest down.
    var blocksFresh: UInt16 = 0
    var role: Role = .unused
    var sizeClass: UInt8 = 0
    var heap: UInt8 = 0
    /// To be emptied: in the list of those, whatever its class.
    var isLeaving = false

    /// Checked by a test: MemoryLayout<Span>.stride == 32.
    static var none: UInt32 { 0 }
}
