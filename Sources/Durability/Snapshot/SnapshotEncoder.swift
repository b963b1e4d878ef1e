public import Keyspace
import Wire

/// Turns the entries of a shard's snapshot into chunks of a file. Lives on one core.
///
///     entries ──take──▶ │ open chunk │ ──full──▶ │ ready chunks │ ──takeChunk──▶ the core writes them
///
/// What has been encoded and not written yet (`pendingBytes`) is all the memory that a snapshot needs. The walk stops
/// at `walkLimit` of it; what writes have to hand out before their time comes on top, and the core makes writers wait when
/// it becomes too much.
public final class SnapshotEncoder: SnapshotSink {
    private let options: SnapshotOptions
    private var current = SnapshotChunk()
    private var database = -1
    private var ready: [SnapshotChunk] = []
    private var spare: [SnapshotChunk] = []
    /// Bytes in chunks that have not been returned as written.
    public private(set) var pendingBytes = 0

    /// A chunk is full from here on: large enough that the disk does not mind, small enough to be written soon.
    public static let chunkBytes = 256 << 10
    /// Above this the walk waits for the disk.
    public static let walkLimit = 4 << 20

    /// An encoder without entries.
    public init(_ options: SnapshotOptions) { self.options = options }

    /// Takes one entry of the walk.
    public func take(_ entry: borrowing SnapshotEntry) {
        if current.bytes.count >= SnapshotEncoder.chunkBytes { closeChunk() }
        let before = current.bytes.count
        if entry.database != database {
            database = entry.database
            select(database)
        }
        if options.writesRecords { current.bytes.append(recordOf: entry) } else { append(entry) }
        current.entries += 1
        current.sum(from: before)
        pendingBytes += current.bytes.count - before
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
            current.bytes.appendRDB(string: entry.key, compressing: options.compresses)
            current.bytes.appendRDB(string: entry.value, compressing: options.compresses)
        }
    }

    /// The snapshot is complete: what is in the open chunk is ready too.
    public func finish() {
        if !current.bytes.isEmpty { closeChunk() }
    }

    private func closeChunk() {
        ready.append(current)
        current = spare.popLast() ?? SnapshotChunk()
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
        // A chunk grows to the largest value that was in it; a few of ordinary size are kept.
        if chunk.bytes.capacity <= 2 * SnapshotEncoder.chunkBytes, spare.count < 8 { spare.append(chunk) }
    }
}
