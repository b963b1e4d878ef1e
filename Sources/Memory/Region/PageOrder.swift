import Synchronization

/// What a core and the feeder of its pages tell each other: how far the core has come, how far pages are wanted, and which
/// piece the feeder is at. Shared by both; neither waits for the other.
///
/// Each side writes its own word and then reads the other's, so when they would meet in a piece at least one of the two sees
/// it: the feeder then gives the piece up, the core steps over it.
struct PageOrder: ~Copyable {
    private let byteCount: Int
    private let wanted = Atomic<Int>(0)
    private let frontier = Atomic<Int>(0)
    /// The offset of the piece under way, or `idle`.
    private let working = Atomic<Int>(PageOrder.idle)

    /// About a region of so many bytes.
    init(byteCount: Int) { self.byteCount = byteCount }

    // MARK: The core's side

    /// The core has come to this offset.
    func reach(_ offset: Int) { frontier.store(offset, ordering: .sequentiallyConsistent) }

    /// Pages are wanted up to this offset.
    func want(_ offset: Int) { wanted.store(offset, ordering: .releasing) }

    /// The core wants the bytes from one offset to another, the first beyond its frontier. If the piece under way is among
    /// them, answers where that ends: the core goes on from there, or has to wait for the page.
    func detour(from start: Int, to end: Int) -> Int? {
        reach(end)
        let piece = working.load(ordering: .sequentiallyConsistent)
        if piece == Self.idle || piece >= end || piece + Region.hugePageBytes <= start { return nil }
        return piece + Region.hugePageBytes
    }

    /// Whether the piece that ends there is still under way.
    func isWorking(onPieceTo end: Int) -> Bool {
        working.load(ordering: .acquiring) == end - Region.hugePageBytes
    }

    // MARK: The feeder's side

    /// The next piece to work on, from an offset on; nil where nothing is wanted now. It is under way until `endPiece`.
    func beginPiece(from offset: Int) -> Int? {
        var piece = offset
        while true {
            piece = max(piece, clear)
            if piece + Region.hugePageBytes > min(wanted.load(ordering: .acquiring), byteCount) { return nil }
            working.store(piece, ordering: .sequentiallyConsistent)
            if clear <= piece { return piece }
            endPiece()
        }
    }

    /// The piece is done.
    func endPiece() { working.store(Self.idle, ordering: .releasing) }

    /// The first piece that the core will not reach at once.
    private var clear: Int {
        let here = frontier.load(ordering: .sequentiallyConsistent)
        return (here + 2 * Region.hugePageBytes - 1) & ~(Region.hugePageBytes - 1)
    }

    private static var idle: Int { .min }
}
