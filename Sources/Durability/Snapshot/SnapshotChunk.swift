public import Wire

/// A piece of a snapshot file that can stand anywhere between header and end: it says itself which database its entries
/// belong to. Owned by one core at a time.
public final class SnapshotChunk {
    /// Its bytes.
    public internal(set) var bytes: ByteBuffer
    /// Where in the file it goes; set when its place has been taken.
    public var offset = 0
    /// The sum of its bytes.
    public internal(set) var sum = CRC64()
    /// Entries in it.
    public internal(set) var entries = 0
    /// Its memory may be known to the kernel by address while its encoder lives.
    let isFixed: Bool
    private let room: Int

    /// A chunk that holds so many bytes and no more, in memory that a disk can read by itself.
    init(room: Int, isFixed: Bool = false) {
        bytes = ByteBuffer(capacity: room, alignment: Self.pageBytes)
        self.room = room
        self.isFixed = isFixed
    }

    /// A chunk of these bytes.
    /// - Parameter fillsPages: whether to pad them to whole pages.
    public convenience init(_ bytes: [UInt8], fillsPages: Bool = false) {
        self.init(room: bytes.count + Self.paddingMax)
        self.bytes.append(bytes)
        if fillsPages { self.bytes.appendRDB(paddingTo: Self.pageBytes) }
        sum(from: 0)
    }

    /// What direct writes are aligned to; and the most that padding to it takes.
    static let pageBytes = 4096
    static let paddingMax = 2 * pageBytes

    /// Whether so many bytes more go in.
    func hasRoom(for count: Int) -> Bool { room - bytes.count >= count }

    /// Its bytes become a multiple of a page.
    func fillPage() {
        let before = bytes.count
        bytes.appendRDB(paddingTo: Self.pageBytes)
        sum(from: before)
    }

    /// It has grown beyond its room, so that its memory is elsewhere.
    var hasMoved: Bool { bytes.capacity != room }

    /// Sums what has been appended since it was so long: while it is in the cache.
    func sum(from length: Int) { sum.add(bytes, length..<bytes.count) }
}

/// How the entries of a snapshot are written.
public struct SnapshotOptions: Sendable {
    /// Compress longer strings (`rdbcompression`).
    public var compresses = true
    /// What is said about the last use of a key.
    public var usage = Usage.none
    /// As commands instead of a snapshot's entries (`aof-use-rdb-preamble no`).
    public var writesRecords = false
    /// Chunks are padded to whole pages, so that they can be written past the page cache. Not with `writesRecords`.
    public var fillsPages = false

    /// What is said about the last use of a key: what the eviction policy goes by, as in Redis.
    public enum Usage: Sendable {
        case none, idleTime, frequency
    }

    /// The defaults.
    public init() {}
}
