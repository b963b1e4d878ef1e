/// What kind of reply starts here, by its first byte.
public enum ReplyKind: UInt8, Sendable {
    /// `+`
    case status = 0x2B
    /// `-`
    case error = 0x2D
    /// `:`
    case integer = 0x3A
    /// `$`
    case bulk = 0x24
    /// `*`
    case array = 0x2A
    /// `_`
    case null = 0x5F
    /// `#`
    case boolean = 0x23
    /// `,`
    case double = 0x2C
    /// `(`
    case bigNumber = 0x28
    /// `!`
    case bulkError = 0x21
    /// `=`
    case verbatim = 0x3D
    /// `%`
    case map = 0x25
    /// `~`
    case set = 0x7E
    /// `>`
    case push = 0x3E
    /// `|`: described by, not a reply itself.
    case attribute = 0x7C
}

/// Why bytes are not a reply.
public enum ReplyError: Error, Equatable, Sendable {
    /// The first byte is no kind there is.
    case unknownKind(UInt8)
    /// A count or length is no integer, negative (other than -1 for null), or above the limit.
    case invalidLength
    /// What stands behind the first byte does not fit the kind.
    case invalidValue
    /// A line or a bulk does not end with CR LF where it must.
    case missingLineEnd
    /// A line is longer than the limit.
    case tooLongLine
    /// Replies within replies, deeper than the limit.
    case tooDeep
}

/// The first element of a reply: a whole scalar, or the header of an aggregate whose elements follow.
public struct ReplyElement: Equatable, Sendable {
    /// What it is.
    public var kind: ReplyKind
    /// Where the value's bytes lie, without mark, length and line ends; empty for aggregates and null.
    public var payload: Range<Int>
    /// Replies that follow as parts: two for each pair of a map or an attribute.
    public var parts: Int
    /// Whether it stands for nothing: `_`, `$-1`, `*-1`.
    public var isNull: Bool
    /// Where the element ends.
    public var end: Int

    /// What was found where an element should start.
    public enum Reading: Equatable, Sendable {
        /// It is all there.
        case element(ReplyElement)
        /// More bytes are needed.
        case incomplete
        /// It is none.
        case failure(ReplyError)
    }

    /// Reads the element that starts at `start`.
    public static func read(_ bytes: RawSpan, at start: Int, limits: ReplyParser.Limits = .default) -> Reading
    {
        var searched = 0
        return read(bytes, at: start, searched: &searched, limits: limits)
    }

    /// The same; `searched` remembers between calls how far the line end was looked for.
    static func read(
        _ bytes: RawSpan, at start: Int, searched: inout Int, limits: ReplyParser.Limits
    ) -> Reading {
        guard start < bytes.byteCount else { return .incomplete }
        guard let kind = ReplyKind(rawValue: bytes.byte(at: start)) else {
            return .failure(.unknownKind(bytes.byte(at: start)))
        }
        let line = LineSearch.find(
            UInt8(ascii: "\r"), bytes, from: start, searched: &searched, atMost: limits.maxLineLength,
            zeroHides: false)
        switch line {
        case .incomplete: return .incomplete
        case .tooLong: return .failure(.tooLongLine)
        case .end(let end):
            searched = end
            guard end + 1 < bytes.byteCount else { return .incomplete }
            guard bytes.byte(at: end + 1) == UInt8(ascii: "\n") else { return .failure(.missingLineEnd) }
            return read(kind, bytes, (start + 1)..<end, limits)
        }
    }

    /// Reads an element of `kind` whose first line, without mark and line end, is `line`.
    private static func read(
        _ kind: ReplyKind, _ bytes: RawSpan, _ line: Range<Int>, _ limits: ReplyParser.Limits
    ) -> Reading {
        switch kind {
        case .status, .error, .integer, .null, .boolean, .double, .bigNumber:
            guard isValid(kind, bytes.extracting(line)) else { return .failure(.invalidValue) }
            return .element(
                ReplyElement(
                    kind: kind, payload: line, parts: 0, isNull: kind == .null, end: line.upperBound + 2))
        case .bulk, .bulkError, .verbatim:
            return readBulk(kind, bytes, line, limits)
        case .array, .map, .set, .push, .attribute:
            guard let count = Decimal.parse(bytes.extracting(line)), count <= limits.maxCount,
                count >= 0 || count == -1 && kind == .array
            else { return .failure(.invalidLength) }
            let parts = max(0, Int(count)) * (kind == .map || kind == .attribute ? 2 : 1)
            let end = line.upperBound + 2
            return .element(
                ReplyElement(kind: kind, payload: end..<end, parts: parts, isNull: count < 0, end: end))
        }
    }

    private static func readBulk(
        _ kind: ReplyKind, _ bytes: RawSpan, _ line: Range<Int>, _ limits: ReplyParser.Limits
    ) -> Reading {
        guard let length = Decimal.parse(bytes.extracting(line)), length <= limits.maxBulkLength,
            length >= 0 || length == -1 && kind == .bulk
        else { return .failure(.invalidLength) }
        let start = line.upperBound + 2
        if length < 0 {
            return .element(
                ReplyElement(kind: kind, payload: start..<start, parts: 0, isNull: true, end: start))
        }
        let end = start + Int(length)
        if kind == .verbatim {
            // Three letters of format and a colon come first.
            guard length >= 4 else { return .failure(.invalidValue) }
            if start + 3 < bytes.byteCount, bytes.byte(at: start + 3) != UInt8(ascii: ":") {
                return .failure(.invalidValue)
            }
        }
        // A wrong line end is told as soon as it is seen, so that cutting a reply changes nothing.
        if end < bytes.byteCount, bytes.byte(at: end) != UInt8(ascii: "\r") {
            return .failure(.missingLineEnd)
        }
        guard end + 1 < bytes.byteCount else { return .incomplete }
        guard bytes.byte(at: end + 1) == UInt8(ascii: "\n") else { return .failure(.missingLineEnd) }
        return .element(ReplyElement(kind: kind, payload: start..<end, parts: 0, isNull: false, end: end + 2))
    }

    private static func isValid(_ kind: ReplyKind, _ text: RawSpan) -> Bool {
        switch kind {
        case .integer: return integer(text) != nil
        case .null: return text.byteCount == 0
        case .boolean:
            return text.byteCount == 1
                && (text.byte(at: 0) == UInt8(ascii: "t") || text.byte(at: 0) == UInt8(ascii: "f"))
        case .double: return double(text) != nil
        case .bigNumber: return isBigNumber(text)
        default: return true
        }
    }

    /// The integer `text` spells; unlike in a request a plus may stand in front.
    static func integer(_ text: RawSpan) -> Int64? {
        let hasPlus = text.byteCount > 1 && text.byte(at: 0) == UInt8(ascii: "+")
        if hasPlus, text.byte(at: 1) == UInt8(ascii: "-") { return nil }
        return Decimal.parse(hasPlus ? text.from(1) : text)
    }

    /// The number `text` spells; unlike in a request it may be `nan`.
    static func double(_ text: RawSpan) -> Double? {
        if let value = FloatText.parse(text) { return value }
        let isNegative = text.byteCount > 0 && text.byte(at: 0) == UInt8(ascii: "-")
        let word = isNegative ? text.from(1) : text
        return word.isEqual(to: "nan".utf8.span.raw) ? .nan : nil
    }

    private static func isBigNumber(_ text: RawSpan) -> Bool {
        guard text.byteCount > 0 else { return false }
        let first = text.byte(at: 0)
        let start = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0
        guard start < text.byteCount else { return false }
        for index in start..<text.byteCount where text.byte(at: index) &- 0x30 > 9 { return false }
        return true
    }
}
