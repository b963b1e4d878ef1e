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
/// while the encoder lives. What does not fit there (a long value, more than the walk's share) goes into others.
public final class SnapshotEncoder: SnapshotSink {
    private let options: SnapshotOptions
    private var current: SnapshotChunk?
    private var database = -1
    private var ready: [SnapshotChunk] = []
    private var spare: [SnapshotChunk] = []
    private var spareFixed: [SnapshotChunk]
    /// The chunks whose memory stays where it is until the encoder goes.
    public let fixedChunks: [SnapshotChunk]
    private var sample = ByteBuffer()
    /// Long strings since the last that shrank at its beginning.
    private var longSinceShrunk = 0
    /// Bytes in chunks that have not been returned as written.
    public private(set) var pendingBytes = 0

    /// A chunk is full from here on: large enough that the disk does not mind, small enough to be written soon.
    public static let chunkBytes = 512 << 10
    /// Chunks that do not grow, and what one holds: entries of up to 16 KiB never overflow it.
    public static let fixedCount = 12
    static let fixedRoom = chunkBytes + 16 << 10 + SnapshotChunk.paddingMax
    /// Above this the walk waits for the disk.
    public static let walkLimit = (fixedCount - 1) * chunkBytes
    /// Longer values are not compressed: it takes some six microseconds a KiB, and a write may have to wait for it.
    static let compressedMax = 32 << 10
    /// From twice this length on, so much of the beginning is compressed first, to see whether it is worth while.
    static let sampleBytes = 256
    /// What an entry takes beyond its key and its value, at the most.
    private static let entryOverheadMax = 128
    /// Chunks that are not fixed which are kept for later: new memory costs the kernel more than a chunk's bytes cost us.
    private static let spareMax = 64
    /// After so many samples in a row that did not shrink only one string in `samplesApart` is sampled, until one does.
    private static let samplesInVain = 16
    private static let samplesApart = 4

    /// An encoder without entries.
    public init(_ options: SnapshotOptions) {
        self.options = options
        fixedChunks = (0..<Self.fixedCount).map { _ in SnapshotChunk(room: Self.fixedRoom, isFixed: true) }
        spareFixed = fixedChunks
    }

    /// Takes one entry of the walk.
    public func take(_ entry: borrowing SnapshotEntry) {
        let chunk = chunk(with: entry.key.byteCount + entry.value.byteCount + Self.entryOverheadMax)
        let before = chunk.bytes.count
        if entry.database != database {
            database = entry.database
            select(database, in: chunk)
        }
        if options.writesRecords { chunk.bytes.append(recordOf: entry) } else { append(entry, to: chunk) }
        precondition(!chunk.hasMoved, "a chunk stays where it is")
        chunk.entries += 1
        chunk.sum(from: before)
        pendingBytes += chunk.bytes.count - before
        // At once: the walk stops at its limit, and what is full must not wait for an entry that does not come.
        if chunk.bytes.count >= Self.chunkBytes { closeChunk() }
    }

    /// The open chunk, or a new one where it has no room for so many bytes: the fixed ones first.
    private func chunk(with count: Int) -> SnapshotChunk {
        let needed = count + SnapshotChunk.paddingMax
        if let current {
            if current.hasRoom(for: needed) { return current }
            closeChunk()
        }
        let isLong = needed > Self.fixedRoom
        let chunk = isLong ? nil : spareFixed.popLast() ?? spare.popLast()
        let opened = chunk ?? SnapshotChunk(room: max(needed, Self.fixedRoom))
        current = opened
        return opened
    }

    private func select(_ database: Int, in current: SnapshotChunk) {
        if options.writesRecords { return current.bytes.append(recordSelecting: database) }
        current.bytes.append(RDB.Opcode.select.rawValue)
        current.bytes.appendRDB(length: UInt64(database))
    }

    private func append(_ entry: borrowing SnapshotEntry, to current: SnapshotChunk) {
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
    }

    /// Whether to try. Where a write waits, it is not made to wait eight times as long for a smaller file; and what does not
    /// shrink at its beginning is left alone.
    private func compresses(_ string: RawSpan, _ isHurried: Bool) -> Bool {
        guard options.compresses, !isHurried, string.byteCount <= Self.compressedMax else { return false }
        if string.byteCount < 2 * Self.sampleBytes { return true }
        longSinceShrunk += 1
        if longSinceShrunk > Self.samplesInVain, longSinceShrunk % Self.samplesApart != 0 { return false }
        sample.removeAll()
        let shrinks = LZF.compress(string.extracting(0..<Self.sampleBytes), into: &sample) != nil
        if shrinks { longSinceShrunk = 0 }
        return shrinks
    }

    /// The snapshot is complete: what is in the open chunk is ready too.
    public func finish() {
        closeChunk()
    }

    private func closeChunk() {
        guard let chunk = current else { return }
        let before = chunk.bytes.count
        if options.fillsPages { chunk.fillPage() }
        pendingBytes += chunk.bytes.count - before
        ready.append(chunk)
        current = nil
        database = -1
    }

    /// A chunk of other bytes (the header), which counts as pending until `recycle`.
    public func makeChunk(_ bytes: [UInt8]) -> SnapshotChunk {
        let chunk = SnapshotChunk(bytes, fillsPages: options.fillsPages)
        pendingBytes += chunk.bytes.count
        return chunk
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

    /// An empty chunk is kept for later, but none that was made for a long value.
    private func putAside(_ chunk: SnapshotChunk) {
        if chunk.isFixed {
            spareFixed.append(chunk)
        } else if chunk.bytes.capacity == Self.fixedRoom, spare.count < Self.spareMax {
            spare.append(chunk)
        }
    }
}
