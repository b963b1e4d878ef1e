import Wire

/// Reads a file item by item, from bytes that are given to it piece by piece.
///
/// It asks for bytes (`wanted`), is given them (`take`), and holds those from the item it stands at to the end of what was
/// read: a block or two, or as much as the longest value takes.
public struct RDBReader: ~Copyable {
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

    /// Bytes asked for at a time.
    public static let blockBytes = 1 << 20

    let fileSize: Int
    /// Whether values of foreign types are passed over instead of refused.
    let passesForeign: Bool
    /// The file's version; 0 before the header has been read.
    public private(set) var version = 0
    /// The file from `windowStart` on.
    var window = ByteBuffer()
    private(set) var windowStart = 0
    /// Where in the window the item begins and ends that was read last.
    private(set) var itemStart = 0
    private(set) var itemEnd = 0
    private var needed = RDB.headerLength

    /// A reader at the beginning of a file.
    public init(fileSize: Int, passesForeign: Bool = false) {
        self.fileSize = fileSize
        self.passesForeign = passesForeign
    }

    /// Where in the file the item begins that was read last.
    public var itemOffset: Int { windowStart + itemStart }
    /// Where in the file the item ends that was read last.
    public var itemEndOffset: Int { windowStart + itemEnd }

    /// Which bytes to read next: never beyond the file's end, and a whole block unless the file ends.
    public var wanted: Range<Int> {
        let start = windowStart + window.count
        let length = max(RDBReader.blockBytes, needed - (window.count - itemEnd))
        return start..<min(fileSize, start + length)
    }

    /// The bytes of `wanted`, or the first part of them. What lies before the end of the last item is forgotten.
    public mutating func take(_ bytes: RawSpan) {
        forget()
        window.append(bytes)
    }

    /// The same, written by `fill` where they are wanted. It answers how many there were, or a negative number, which is
    /// handed on.
    public mutating func take(_ fill: (inout MutableRawSpan) -> Int) -> Int {
        let count = wanted.count
        forget()
        return window.append(upTo: count, fill)
    }

    private mutating func forget() {
        window.removePrefix(itemEnd)
        windowStart += itemEnd
        itemStart = 0
        itemEnd = 0
    }

    /// The item behind the last one; nil where it needs the bytes of `wanted`.
    public mutating func next() throws(Failure) -> RDBItem? {
        if version == 0, try !readHeader() { return nil }
        let start = itemEnd
        let (version, passing, limit) = (version, passesForeign, fileSize - windowStart)
        var end = start
        do throws(RDBError) {
            let item = try RDBReader.item(window.bytes, from: start, limit, version, passing, end: &end)
            itemStart = start
            itemEnd = end
            return item
        } catch {
            itemStart = start
            try waitForMore(error)
            return nil
        }
    }

    private static func item(
        _ bytes: RawSpan, from start: Int, _ limit: Int, _ version: Int, _ passing: Bool, end: inout Int
    ) throws(RDBError) -> RDBItem {
        var cursor = RDBCursor(bytes, at: start, limit: limit)
        let item = try cursor.item(version: version, passing: passing)
        end = cursor.offset
        return item
    }

    private mutating func readHeader() throws(Failure) -> Bool {
        do throws(RDBError) {
            var cursor = RDBCursor(window.bytes)
            let found = try cursor.header()
            version = found
            itemEnd = RDB.headerLength
            return true
        } catch {
            try waitForMore(error)
            return false
        }
    }

    /// An item that is not all there waits for the rest, if the file has it.
    private mutating func waitForMore(_ error: RDBError) throws(Failure) {
        guard case .tooShort(let end) = error else { throw Failure(error, at: itemOffset) }
        guard windowStart + end <= fileSize, windowStart + window.count < fileSize else {
            throw Failure(.tooShort(needed: windowStart + end), at: itemOffset)
        }
        needed = end - itemEnd
    }
}
