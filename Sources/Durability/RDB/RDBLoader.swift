public import Keyspace
public import Wire

/// What one core loads of a snapshot file: every core reads the whole file and keeps the keys of its own slots.
///
/// Passing over an entry costs a tenth of storing it, so cores need not hand entries to each other: each finds its own,
/// in the order of the file. The checksum is shared too: the file is cut into blocks, each core sums every so-manieth.
///
/// The loader asks for bytes (`wanted`), is given them (`take`), and works on what it has (`step`). It holds the bytes
/// from the item it stands at to the end of what was read: two blocks, or as much as the longest value takes.
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

    /// Why it cannot go on, and the offset in the file of the item that is to blame.
    public struct Failure: Error, Equatable, Sendable {
        /// What is wrong.
        public let error: RDBError
        /// Where the item begins.
        public let offset: Int

        /// A failure at an offset.
        public init(_ error: RDBError, at offset: Int) {
            self.error = error
            self.offset = offset
        }
    }

    /// Bytes asked for at a time, and the length of the blocks of the checksum.
    public static let blockBytes = 1 << 20

    private let fileSize: Int
    private let core: Int
    private let coreCount: Int
    private let databaseCount: Int
    private var version = 0
    private var database = DatabaseIndex(rawValue: 0)
    /// The file from `windowStart` on.
    private var window = ByteBuffer()
    private var windowStart = 0
    /// Where in the window the next item begins.
    private var place = 0
    private var needed = 0
    private var key = ByteBuffer()
    private var value = ByteBuffer()
    private var blockSum = CRC64()
    /// Sums of this core's blocks.
    public private(set) var pieces: [SummedPiece] = []
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
        self.fileSize = fileSize
        self.core = core
        self.coreCount = coreCount
        self.databaseCount = databaseCount
        needed = RDB.headerLength
    }

    /// Bytes of the file that have been worked off.
    public var bytesDone: Int { windowStart + place }

    /// Which bytes to read next: never beyond the file's end, and a whole block unless the file ends.
    public var wanted: Range<Int> {
        let start = windowStart + window.count
        let length = max(RDBLoader.blockBytes, needed - (window.count - place))
        return start..<min(fileSize, start + length)
    }

    /// The bytes of `wanted`, or the first part of them.
    public mutating func take(_ bytes: RawSpan) {
        sumPassed()
        window.removePrefix(place)
        windowStart += place
        place = 0
        window.append(bytes)
    }

    /// Works off up to so many items.
    public mutating func step(
        _ items: Int, into shard: inout Shard, at now: UnixMillis
    ) throws(Failure) -> Progress {
        // Taken out, so that what is read from it and what changes meanwhile are two things.
        var window = ByteBuffer()
        swap(&window, &self.window)
        defer { swap(&window, &self.window) }
        return try step(items, in: window, into: &shard, at: now)
    }

    private mutating func step(
        _ items: Int, in window: borrowing ByteBuffer, into shard: inout Shard, at now: UnixMillis
    ) throws(Failure) -> Progress {
        if version == 0 {
            guard try readHeader(window) else { return .needsBytes }
        }
        for _ in 0..<items {
            guard let item = try nextItem(window) else { return .needsBytes }
            switch item {
            case .entry(let entry): try store(entry, of: window, into: &shard, at: now)
            case .select(let number):
                guard number < UInt64(databaseCount) else { throw failure(.database(number)) }
                database = DatabaseIndex(rawValue: UInt8(number))
            case .resize: break
            case .fact(let name, let value): note(name, value, of: window)
            case .end(let checksum):
                let end = windowStart + itemEnd
                sum(window, through: itemEnd - (checksum == nil ? 0 : 8))
                closeBlock()
                place = itemEnd
                return .done(checksum: checksum, end: end)
            }
            place = itemEnd
        }
        return .busy
    }

    /// Where in the window the item ends that was read last.
    private var itemEnd = 0

    private mutating func readHeader(_ window: borrowing ByteBuffer) throws(Failure) -> Bool {
        var cursor = RDBCursor(window.bytes, limit: fileSize)
        do throws(RDBError) {
            version = try cursor.header()
            place = cursor.offset
            return true
        } catch {
            return try waitsForMore(error, window)
        }
    }

    private mutating func nextItem(_ window: borrowing ByteBuffer) throws(Failure) -> RDBItem? {
        var cursor = RDBCursor(window.bytes, at: place, limit: fileSize - windowStart)
        do throws(RDBError) {
            let item = try cursor.item(version: version)
            itemEnd = cursor.offset
            return item
        } catch {
            _ = try waitsForMore(error, window)
            return nil
        }
    }

    /// An item that is not all there waits for the rest, if the file has it. Always false.
    private mutating func waitsForMore(
        _ error: RDBError, _ window: borrowing ByteBuffer
    ) throws(Failure) -> Bool {
        guard case .tooShort(let end) = error, windowStart + end <= fileSize,
            windowStart + window.count < fileSize
        else { throw failure(error) }
        needed = end - place
        return false
    }

    private func failure(_ error: RDBError) -> Failure { Failure(error, at: windowStart + place) }

    // MARK: Items

    private mutating func store(
        _ entry: RDBEntry, of window: borrowing ByteBuffer, into shard: inout Shard, at now: UnixMillis
    ) throws(Failure) {
        let cursor = RDBCursor(window.bytes, limit: fileSize - windowStart)
        key.removeAll()
        guard cursor.append(entry.key, to: &key) else { throw failure(.compression) }
        if coreCount > 1, (Int(Slot.of(key: key.bytes).rawValue) * coreCount) >> 14 != core { return }
        // The base of a log keeps them: the log may prolong them.
        if let expiry = entry.expiry, expiry < now, !shard.isReplaying {
            keysExpired += 1
            return
        }
        guard let string = entry.string else { throw failure(.typeNotHeld(entry.type)) }
        value.removeAll()
        guard cursor.append(string, to: &value) else { throw failure(.compression) }
        let hash = shard.hash(key.bytes)
        let outcome = shard.load(
            key.bytes, hash, in: database, value: value.bytes, encoding: .natural(for: value.bytes),
            expiry: entry.expiry, idleSeconds: Int(clamping: entry.idleSeconds ?? 0), at: now)
        switch outcome {
        case .stored: keysLoaded += 1
        case .duplicate: throw failure(.duplicateKey)
        case .noRoom: throw failure(.noRoom)
        }
    }

    private mutating func note(_ name: RDBString, _ text: RDBString, of window: borrowing ByteBuffer) {
        let cursor = RDBCursor(window.bytes, limit: fileSize - windowStart)
        key.removeAll()
        value.removeAll()
        guard name.length < 256, text.length < 256, cursor.append(name, to: &key),
            cursor.append(text, to: &value)
        else { return }
        facts[String(decoding: key.bytes.copied(), as: UTF8.self)] =
            String(decoding: value.bytes.copied(), as: UTF8.self)
    }

    // MARK: Checksum

    private mutating func sumPassed() {
        var window = ByteBuffer()
        swap(&window, &self.window)
        sum(window, through: place)
        swap(&window, &self.window)
    }

    /// Everything in the window before `end` will not be looked at again: what of it lies in this core's blocks is summed.
    private mutating func sum(_ window: borrowing ByteBuffer, through end: Int) {
        var offset = summedTo
        let last = windowStart + end
        while offset < last {
            let block = offset / RDBLoader.blockBytes
            let next = min(last, (block + 1) * RDBLoader.blockBytes)
            if block % coreCount == core {
                blockSum.add(window.bytes.extracting(offset - windowStart..<next - windowStart))
                summed += next - offset
            }
            offset = next
            if offset % RDBLoader.blockBytes == 0 {
                summedTo = offset
                closeBlock()
            }
        }
        summedTo = max(summedTo, offset)
    }

    /// Up to where the file has been summed, by this core or another.
    private var summedTo = 0
    /// Bytes in `blockSum`.
    private var summed = 0

    private mutating func closeBlock() {
        guard summed > 0 else { return }
        pieces.append(SummedPiece(offset: summedTo - summed, length: summed, sum: blockSum.value))
        blockSum = CRC64()
        summed = 0
    }
}
