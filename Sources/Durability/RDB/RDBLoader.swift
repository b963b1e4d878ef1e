public import Keyspace
import Wire

/// What one core loads of a snapshot file: every core reads the whole file and keeps the keys of its own slots.
///
/// Passing over an entry costs a tenth of storing it, so cores need not hand entries to each other: each finds its own,
/// in the order of the file. The checksum is shared too: the file is cut into blocks, and each core sums every so-manieth.
public struct RDBLoader: ~Copyable {
    /// What a step has come to.
    public enum Progress: Equatable, Sendable {
        /// There is more to do with the bytes at hand.
        case busy
        /// It needs the bytes of `wanted`.
        case needsBytes
        /// The end has been reached; the file's checksum, if it has one, and where the snapshot ends.
        case done(checksum: UInt64?, end: Int)
    }

    private var reader: RDBReader
    private let core: Int
    private let coreCount: Int
    private let databaseCount: Int
    private var database = DatabaseIndex(rawValue: 0)
    private var sums: BlockSums
    private var key = ByteBuffer()
    private var value = ByteBuffer()
    /// Keys stored.
    public private(set) var keysLoaded = 0
    /// Keys passed over because their time is over.
    public private(set) var keysExpired = 0
    /// Facts about the file, as far as they are known.
    public private(set) var facts: [String: String] = [:]

    /// A loader at the beginning of a file.
    /// - Parameters:
    ///   - core: keeps the keys of this core, of so many.
    ///   - databaseCount: keys of other databases are refused.
    public init(fileSize: Int, core: Int, coreCount: Int, databaseCount: Int) {
        reader = RDBReader(fileSize: fileSize)
        sums = BlockSums(core: core, of: coreCount)
        self.core = core
        self.coreCount = coreCount
        self.databaseCount = databaseCount
    }

    /// Bytes of the file that have been worked off.
    public var bytesDone: Int { reader.itemEndOffset }
    /// Sums of this core's blocks.
    public var pieces: [SummedPiece] { sums.pieces }
    /// Which bytes to read next.
    public var wanted: Range<Int> { reader.wanted }

    /// The bytes of `wanted`, or the first part of them.
    public mutating func take(_ bytes: RawSpan) {
        sums.add(reader.window, at: reader.windowStart, through: reader.itemEndOffset)
        reader.take(bytes)
    }

    /// Works off up to so many items.
    public mutating func step(
        _ items: Int, into shard: inout Shard, at now: UnixMillis
    ) throws(RDBReader.Failure) -> Progress {
        for _ in 0..<items {
            guard let item = try reader.next() else { return .needsBytes }
            switch item {
            case .entry(let entry): try store(entry, into: &shard, at: now)
            case .select(let number):
                guard number < UInt64(databaseCount) else { throw failure(.database(number)) }
                database = DatabaseIndex(rawValue: UInt8(number))
            case .resize: break
            case .fact(let name, let value): note(name, value)
            case .end(let checksum):
                let summed = reader.itemEndOffset - (checksum == nil ? 0 : 8)
                sums.add(reader.window, at: reader.windowStart, through: summed)
                sums.finish()
                return .done(checksum: checksum, end: reader.itemEndOffset)
            }
        }
        return .busy
    }

    private func failure(_ error: RDBError) -> RDBReader.Failure {
        RDBReader.Failure(error, at: reader.itemOffset)
    }

    private mutating func store(
        _ entry: RDBEntry, into shard: inout Shard, at now: UnixMillis
    ) throws(RDBReader.Failure) {
        guard reader.window.unpack(entry.key, into: &key) else { throw failure(.compression) }
        if coreCount > 1, (Int(Slot.of(key: key.bytes).rawValue) * coreCount) >> 14 != core { return }
        // The base of a log keeps them: the log may prolong them.
        if let expiry = entry.expiry, expiry < now, !shard.isReplaying {
            keysExpired += 1
            return
        }
        guard let string = entry.string else { throw failure(.typeNotHeld(entry.type)) }
        guard reader.window.unpack(string, into: &value) else { throw failure(.compression) }
        let outcome = shard.load(
            key.bytes, shard.hash(key.bytes), in: database, value: value.bytes,
            encoding: .natural(for: value.bytes), expiry: entry.expiry,
            idleSeconds: entry.idleSeconds.map { Int(clamping: $0) }, frequency: entry.frequency, at: now)
        switch outcome {
        case .stored: keysLoaded += 1
        case .duplicate: throw failure(.duplicateKey)
        case .noRoom: throw failure(.noRoom)
        }
    }

    private mutating func note(_ name: RDBString, _ text: RDBString) {
        guard name.length < 256, text.length < 256,
            reader.window.unpack(name, into: &key),
            reader.window.unpack(text, into: &value)
        else { return }
        facts[String(decoding: key.bytes.copied(), as: UTF8.self)] =
            String(decoding: value.bytes.copied(), as: UTF8.self)
    }
}

/// Sums of the blocks of a file that are one core's: block 0 is core 0's, block 1 core 1's, and so on.
struct BlockSums: Sendable {
    let core: Int
    let coreCount: Int
    private(set) var pieces: [SummedPiece] = []
    /// Up to where the file has been summed, by this core or another.
    private var offset = 0
    private var sum = CRC64()
    /// Bytes in `sum`.
    private var length = 0

    init(core: Int, of coreCount: Int) {
        self.core = core
        self.coreCount = coreCount
    }

    /// Goes on through the file up to `end`; `window` begins at `start`, which is not beyond where it is.
    mutating func add(_ window: borrowing ByteBuffer, at start: Int, through end: Int) {
        while offset < end {
            let block = offset / RDBReader.blockBytes
            let next = min(end, (block + 1) * RDBReader.blockBytes)
            if block % coreCount == core {
                sum.add(window, offset - start..<next - start)
                length += next - offset
            }
            offset = next
            if offset % RDBReader.blockBytes == 0 { finish() }
        }
    }

    /// The block is over.
    mutating func finish() {
        guard length > 0 else { return }
        pieces.append(SummedPiece(offset: offset - length, length: length, sum: sum.value))
        sum = CRC64()
        length = 0
    }
}
