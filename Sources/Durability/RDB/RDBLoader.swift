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
    /// Entries that have been read and not stored: the memory that storing them will touch is on its way meanwhile.
    private var waiting: [Waiting] = []
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

    /// The same, written by `fill` where they are wanted. It answers how many there were, or a negative number, which is
    /// handed on.
    public mutating func take(_ fill: (inout MutableRawSpan) -> Int) -> Int {
        sums.add(reader.window, at: reader.windowStart, through: reader.itemEndOffset)
        return reader.take(fill)
    }

    /// An entry between reading and storing.
    private struct Waiting {
        let entry: RDBEntry
        let hash: KeyHash
        /// Where in the file it begins.
        let offset: Int
    }

    /// Entries between reading and storing.
    private static let waitingMax = 16

    /// Works off up to so many items.
    public mutating func step(
        _ items: Int, into shard: inout Shard, at now: UnixMillis
    ) throws(RDBReader.Failure) -> Progress {
        for _ in 0..<items {
            guard let item = try reader.next() else {
                // What waits lies in the window, which is about to move.
                try storeWaiting(into: &shard, at: now)
                return .needsBytes
            }
            if case .entry(let entry) = item {
                try look(at: entry, &shard, at: now)
                if waiting.count == Self.waitingMax { try storeWaiting(into: &shard, at: now) }
                continue
            }
            try storeWaiting(into: &shard, at: now)
            switch item {
            case .entry: break
            case .select(let number):
                guard number < UInt64(databaseCount) else { throw failure(.database(number)) }
                database = DatabaseIndex(rawValue: UInt8(number))
            case .resize(let keys, _):
                // Not more than the file can hold, whatever it says.
                let most = reader.fileSize / Self.entryBytesMin
                shard.prepare(for: min(Int(clamping: keys), most) / coreCount, in: database)
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

    /// Type, key and value of one byte each.
    private static let entryBytesMin = 5

    private func failure(_ error: RDBError) -> RDBReader.Failure {
        RDBReader.Failure(error, at: reader.itemOffset)
    }

    /// Has an entry that this core keeps wait for being stored.
    private mutating func look(
        at entry: RDBEntry, _ shard: inout Shard, at now: UnixMillis
    ) throws(RDBReader.Failure) {
        guard Self.unpack(entry.key, of: reader.window, into: &key) else { throw failure(.compression) }
        if coreCount > 1, !isOurs(entry.key) { return }
        // The base of a log keeps them: the log may prolong them.
        if let expiry = entry.expiry, expiry < now, !shard.isReplaying {
            keysExpired += 1
            return
        }
        guard entry.string != nil else { throw failure(.typeNotHeld(entry.type)) }
        let hash = shard.hash(keyText(entry.key))
        shard.prefetchBucket(hash, in: database)
        waiting.append(Waiting(entry: entry, hash: hash, offset: reader.itemOffset))
    }

    private mutating func storeWaiting(into shard: inout Shard, at now: UnixMillis) throws(RDBReader.Failure)
    {
        for index in waiting.indices {
            if let error = store(waiting[index], into: &shard, at: now) {
                throw RDBReader.Failure(error, at: waiting[index].offset)
            }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private mutating func store(_ next: Waiting, into shard: inout Shard, at now: UnixMillis) -> RDBError? {
        guard let string = next.entry.string,
            Self.unpack(next.entry.key, of: reader.window, into: &key),
            Self.unpack(string, of: reader.window, into: &value)
        else { return .compression }
        switch load(next.entry, string, next.hash, into: &shard, at: now) {
        case .stored: keysLoaded += 1
        case .duplicate: return .duplicateKey
        case .noRoom: return .noRoom
        }
        return nil
    }

    /// Whether a key belongs to this core.
    private func isOurs(_ string: RDBString) -> Bool {
        (Int(Slot.of(key: keyText(string)).rawValue) * coreCount) >> 14 == core
    }

    /// A string that does not lie in the file as it is, is unpacked into `buffer`. False where it does not unpack.
    private static func unpack(
        _ string: RDBString, of window: borrowing ByteBuffer, into buffer: inout ByteBuffer
    ) -> Bool {
        if case .plain = string { return true }
        return window.unpack(string, into: &buffer)
    }

    /// The bytes of a key that has been unpacked where it had to be.
    @_lifetime(borrow self)
    private func keyText(_ string: RDBString) -> RawSpan {
        if case .plain(let range) = string { return reader.window.bytes.extracting(range) }
        return key.bytes
    }

    /// The same of a value.
    @_lifetime(borrow self)
    private func valueText(_ string: RDBString) -> RawSpan {
        if case .plain(let range) = string { return reader.window.bytes.extracting(range) }
        return value.bytes
    }

    private func load(
        _ entry: RDBEntry, _ string: RDBString, _ hash: KeyHash, into shard: inout Shard, at now: UnixMillis
    ) -> LoadOutcome {
        let key = keyText(entry.key)
        let value = valueText(string)
        return shard.load(
            key, hash, in: database, value: value, encoding: .natural(for: value),
            expiry: entry.expiry, idleSeconds: entry.idleSeconds.map { Int(clamping: $0) },
            frequency: entry.frequency, at: now)
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
