public import Wire

/// A string in a snapshot as it lies there: a place among the bytes, or a number. Reading the bytes is a second step, so
/// that whoever only passes by unpacks nothing.
public enum RDBString: Equatable, Sendable {
    /// The bytes themselves.
    case plain(Range<Int>)
    /// The decimal text of a number.
    case number(Int32)
    /// Compressed bytes, and the length they unpack to.
    case packed(Range<Int>, length: Int)

    /// How long the text is.
    public var length: Int {
        switch self {
        case .plain(let range): range.count
        case .number(let number): Decimal.length(Int64(number))
        case .packed(_, let length): length
        }
    }
}

/// Reads the parts of a snapshot one after the other from bytes that may end too early. Never reads beyond them, and
/// allocates nothing but what `text` unpacks.
public struct RDBCursor: ~Escapable {
    let bytes: RawSpan
    /// Where the next part begins.
    public var offset: Int
    /// An end beyond which lengths are not believed: the rest of the file, or of the payload.
    let limit: Int

    /// A cursor at an offset of these bytes, which are the beginning of `limit` bytes.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, at offset: Int = 0, limit: Int? = nil) {
        self.bytes = bytes
        self.offset = offset
        self.limit = limit ?? bytes.byteCount
    }

    /// Redis's bound for a string.
    static var stringLengthMax: UInt64 { 512 << 20 }

    mutating func byte() throws(RDBError) -> UInt8 {
        try require(1)
        defer { offset += 1 }
        return bytes.byte(at: offset)
    }

    /// An integer of `count` bytes, lowest first.
    mutating func littleEndian(_ count: Int) throws(RDBError) -> UInt64 {
        try require(count)
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes.byte(at: offset + index)) << UInt64(8 * index) }
        offset += count
        return value
    }

    /// An integer of `count` bytes, highest first.
    mutating func bigEndian(_ count: Int) throws(RDBError) -> UInt64 {
        try require(count)
        var value: UInt64 = 0
        for index in 0..<count { value = value << 8 | UInt64(bytes.byte(at: offset + index)) }
        offset += count
        return value
    }

    /// A length, or the encoding that stands in its place.
    private mutating func lengthOrEncoding() throws(RDBError) -> (value: UInt64, isEncoding: Bool) {
        let first = try byte()
        switch first >> 6 {
        case 0: return (UInt64(first & 0x3F), false)
        case 1: return (UInt64(first & 0x3F) << 8 | UInt64(try byte()), false)
        case 2 where first == 0x80: return (try bigEndian(4), false)
        case 2 where first == 0x81: return (try bigEndian(8), false)
        case 3: return (UInt64(first & 0x3F), true)
        default: throw .lengthEncoding(first)
        }
    }

    /// A length.
    public mutating func length() throws(RDBError) -> UInt64 {
        let (value, isEncoding) = try lengthOrEncoding()
        if isEncoding { throw .lengthEncoding(0xC0 | UInt8(value)) }
        return value
    }

    /// A number of elements, each of which takes at least a byte.
    mutating func count() throws(RDBError) -> Int {
        let value = try length()
        guard value <= UInt64(limit - offset) else { throw .tooShort(needed: limit + 1) }
        return Int(value)
    }

    /// A string, passed over.
    public mutating func string() throws(RDBError) -> RDBString {
        let (value, isEncoding) = try lengthOrEncoding()
        guard isEncoding else { return .plain(try range(value)) }
        switch value {
        case 0: return .number(Int32(Int8(truncatingIfNeeded: try littleEndian(1))))
        case 1: return .number(Int32(Int16(truncatingIfNeeded: try littleEndian(2))))
        case 2: return .number(Int32(truncatingIfNeeded: try littleEndian(4)))
        case 3:
            let packed = try length()
            let unpacked = try length()
            guard unpacked <= RDBCursor.stringLengthMax else { throw .stringTooLong(unpacked) }
            return .packed(try range(packed), length: Int(unpacked))
        default: throw .stringEncoding(0xC0 | UInt8(value))
        }
    }

    private mutating func range(_ length: UInt64) throws(RDBError) -> Range<Int> {
        guard length <= RDBCursor.stringLengthMax else { throw .stringTooLong(length) }
        try require(Int(length))
        defer { offset += Int(length) }
        return offset..<offset + Int(length)
    }

    /// Whether `count` bytes more are there; a length that the whole file cannot hold asks for more than that.
    func require(_ count: Int) throws(RDBError) {
        if count > bytes.byteCount - offset { throw .tooShort(needed: offset + count) }
    }

    /// Passes over so many bytes.
    mutating func skip(_ count: Int) throws(RDBError) {
        try require(count)
        offset += count
    }

    /// Appends the text of a string of these bytes. False where it does not unpack; then nothing has been appended.
    public func append(_ string: RDBString, to buffer: inout ByteBuffer) -> Bool {
        switch string {
        case .plain(let range): buffer.append(bytes.extracting(range))
        case .number(let number): Decimal.append(Int64(number), to: &buffer)
        case .packed(let range, let length):
            return LZF.decompress(bytes.extracting(range), length: length, into: &buffer)
        }
        return true
    }
}

extension ByteBuffer {
    /// Replaces the contents of `buffer` by the text of a string that lies in these bytes. False where it does not
    /// unpack; then `buffer` is empty.
    func unpack(_ string: RDBString, into buffer: inout ByteBuffer) -> Bool {
        buffer.removeAll()
        return RDBCursor(bytes).append(string, to: &buffer)
    }
}
