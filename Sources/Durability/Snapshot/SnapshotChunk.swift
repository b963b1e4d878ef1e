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
    /// Its memory may be known to the kernel by address: it never grows.
    let isFixed: Bool

    /// A chunk that grows.
    init() {
        bytes = ByteBuffer()
        isFixed = false
    }

    /// A chunk that holds so many bytes and no more.
    init(fixedRoom: Int) {
        bytes = ByteBuffer(capacity: fixedRoom)
        isFixed = true
    }

    /// A chunk of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = ByteBuffer(bytes.span.raw)
        isFixed = false
        sum.add(bytes.span.raw)
    }

    /// Whether so many bytes more go in.
    func hasRoom(for count: Int) -> Bool { !isFixed || bytes.capacity - bytes.count >= count }

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

    /// What is said about the last use of a key: what the eviction policy goes by, as in Redis.
    public enum Usage: Sendable {
        case none, idleTime, frequency
    }

    /// The defaults.
    public init() {}
}
