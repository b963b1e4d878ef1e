public import Keyspace
import Wire

/// Turns the entries of a shard's snapshot into chunks of a file. Lives on one core.
///
///     entries ──take──▶ │ open chunk │ ──full──▶ │ ready chunks │ ──takeChunk──▶ the core writes them
///
/// What has been encoded and not written yet (`pendingBytes`) is all the memory that a snapshot needs. The walk stops
/// at `walkLimit` of it; what writes have to hand out before their time comes on top, and the core makes writers wait when
/// it becomes too much.
///
/// The walk's chunks are fixed: `fixedCount` of them, whose memory the core may register with its ring and which go round
/// while the encoder lives. What does not fit there (a long value, more than the walk's share) goes into chunks that grow.
public final class SnapshotEncoder: SnapshotSink {
    private let options: SnapshotOptions
    private var current = SnapshotChunk()
    private var database = -1
    private var ready: [SnapshotChunk] = []
    private var spare: [SnapshotChunk] = []
    private var spareFixed: [SnapshotChunk]
    /// The chunks whose memory stays where it is until the encoder goes.
    public let fixedChunks: [SnapshotChunk]
    private var sample = ByteBuffer()
    /// Bytes in chunks that have not been returned as written.
    public private(set) var pendingBytes = 0

    /// A chunk is full from here on: large enough that the disk does not mind, small enough to be written soon.
    public static let chunkBytes = 256 << 10
    /// Chunks that do not grow, and what one holds: entries of up to 16 KiB never overflow it.
    public static let fixedCount = 12
    static let fixedRoom = chunkBytes + 16 << 10
    /// Above this the walk waits for the disk.
    public static let walkLimit = (fixedCount - 1) * chunkBytes
    /// Longer values are not compressed: it takes some six microseconds a KiB, and a home of eight is handed out in one piece.
    static let compressedMax = 32 << 10
    /// From twice this length on, so much of the beginning is compressed first, to see whether it is worth while.
    static let sampleBytes = 256
    /// What an entry takes beyond its key and its value, at the most.
    private static let entryOverheadMax = 64
    /// Chunks that grow which are kept for later.
    private static let spareMax = 4

    /// An encoder without entries.
    public init(_ options: SnapshotOptions) {
        self.options = options
        fixedChunks = (0..<Self.fixedCount).map { _ in SnapshotChunk(fixedRoom: Self.fixedRoom) }
        spareFixed = fixedChunks
    }

    /// Takes one entry of the walk.
    public func take(_ entry: borrowing SnapshotEntry) {
        makeRoom(for: entry.key.byteCount + entry.value.byteCount + Self.entryOverheadMax)
        let before = current.bytes.count
        if entry.database != database {
            database = entry.database
            select(database)
        }
        if options.writesRecords { current.bytes.append(recordOf: entry) } else { append(entry) }
        current.entries += 1
        current.sum(from: before)
        pendingBytes += current.bytes.count - before
        // At once: the walk stops at its limit, and what is full must not wait for an entry that does not come.
        if current.bytes.count >= Self.chunkBytes { closeChunk() }
    }

    /// The open chunk has room for so many bytes.
    private func makeRoom(for count: Int) {
        if !current.hasRoom(for: count), !current.bytes.isEmpty { closeChunk() }
        guard current.bytes.isEmpty else { return }
        // An empty chunk may be any: the fixed ones first.
        putAside(current)
        current = spareFixed.popLast() ?? spare.popLast() ?? SnapshotChunk()
        if current.hasRoom(for: count) { return }
        putAside(current)
        current = spare.popLast() ?? SnapshotChunk()
    }

    private func select(_ database: Int) {
        if options.writesRecords { return current.bytes.append(recordSelecting: database) }
        current.bytes.append(RDB.Opcode.select.rawValue)
        current.bytes.appendRDB(length: UInt64(database))
    }

    private func append(_ entry: borrowing SnapshotEntry) {
        if let expiry = entry.expiry {
            current.bytes.append(RDB.Opcode.expiryMillis.rawValue)
            current.bytes.append(word: UInt64(bitPattern: expiry.rawValue), length: 8)
        }
        switch options.usage {
        case .none: break
        case .idleTime:
            current.bytes.append(RDB.Opcode.idle.rawValue)
            current.bytes.appendRDB(length: UInt64(entry.idleSeconds))
        case .frequency:
            current.bytes.append(RDB.Opcode.frequency.rawValue)
            current.bytes.append(UInt8(truncatingIfNeeded: entry.frequency))
        }
        switch entry.kind {
        case .string:
            current.bytes.append(RDB.typeString)
            current.bytes.appendRDB(string: entry.key, compressing: compresses(entry.key, entry.isHurried))
            current.bytes.appendRDB(
                string: entry.value, compressing: compresses(entry.value, entry.isHurried))
        }
        precondition(
            !current.isFixed || current.bytes.capacity == Self.fixedRoom, "a fixed chunk stays where it is")
    }

    /// Whether to try. Where a write waits, it is not made to wait eight times as long for a smaller file; and what does not
    /// shrink at its beginning is left alone.
    private func compresses(_ string: RawSpan, _ isHurried: Bool) -> Bool {
        guard options.compresses, !isHurried, string.byteCount <= Self.compressedMax else { return false }
        if string.byteCount < 2 * Self.sampleBytes { return true }
        sample.removeAll()
        return LZF.compress(string.extracting(0..<Self.sampleBytes), into: &sample) != nil
    }

    /// The snapshot is complete: what is in the open chunk is ready too.
    public func finish() {
        if !current.bytes.isEmpty { closeChunk() }
    }

    private func closeChunk() {
        ready.append(current)
        current = SnapshotChunk()
        database = -1
    }

    /// A chunk of other bytes (the header), which counts as pending until `recycle`.
    public func makeChunk(_ bytes: [UInt8]) -> SnapshotChunk {
        pendingBytes += bytes.count
        return SnapshotChunk(bytes)
    }

    /// Whether there is a chunk to write.
    public var hasChunk: Bool { !ready.isEmpty }

    /// The next chunk to write. It counts as pending until `recycle`.
    public func takeChunk() -> SnapshotChunk? {
        ready.isEmpty ? nil : ready.removeFirst()
    }

    /// The chunk has been written, or is given up.
    public func recycle(_ chunk: SnapshotChunk) {
        pendingBytes -= chunk.bytes.count
        chunk.bytes.removeAll()
        chunk.entries = 0
        chunk.sum = CRC64()
        putAside(chunk)
    }

    /// An empty chunk is kept for later, if it is worth it: one that grows does so to the largest value that was in it.
    private func putAside(_ chunk: SnapshotChunk) {
        if chunk.isFixed {
            spareFixed.append(chunk)
        } else if chunk.bytes.capacity > 0, chunk.bytes.capacity <= 2 * Self.chunkBytes,
            spare.count < Self.spareMax
        {
            spare.append(chunk)
        }
    }
}
