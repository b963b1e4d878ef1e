/// A reply as a tree of values: for tools and tests, where convenience counts more than allocations.
public indirect enum Reply: Equatable, Sendable {
    /// A key and a value.
    public struct Pair: Equatable, Sendable {
        /// The key.
        public var key: Reply
        /// The value.
        public var value: Reply

        /// A key and its value.
        public init(_ key: Reply, _ value: Reply) {
            self.key = key
            self.value = value
        }
    }

    /// A short text.
    case status([UInt8])
    /// An error, code word included, in either of its forms.
    case error([UInt8])
    /// An integer.
    case integer(Int64)
    /// A string of any bytes.
    case bulk([UInt8])
    /// Nothing, in any of its three forms.
    case null
    /// True or false.
    case boolean(Bool)
    /// A floating-point number.
    case double(Double)
    /// An integer of any size, as text.
    case bigNumber([UInt8])
    /// Text and its format.
    case verbatim(format: [UInt8], [UInt8])
    /// Replies in order.
    case array([Reply])
    /// Keys and values in the order received.
    case map([Pair])
    /// Replies, in the order received.
    case set([Reply])
    /// A message that answers no request.
    case push([Reply])
    /// A reply and what is said about it.
    case attributed([Pair], Reply)

    /// The one reply that `bytes` hold from start to end.
    public init(_ bytes: RawSpan, limits: ReplyParser.Limits = .default) throws(ReplyError) {
        // Found whole first: from here on every element is known to be there, not too deep.
        var parser = ReplyParser(limits: limits)
        switch parser.next(bytes) {
        case .reply(_, bytes.byteCount): break
        case .failure(let error): throw error
        default: throw .invalidLength
        }
        var position = 0
        self = try Reply(bytes, &position, limits)
    }

    private init(
        _ bytes: RawSpan, _ position: inout Int, _ limits: ReplyParser.Limits
    ) throws(ReplyError) {
        guard case .element(let element) = ReplyElement.read(bytes, at: position, limits: limits) else {
            throw .invalidLength
        }
        position = element.end
        if element.isNull {
            self = .null
            return
        }
        switch element.kind {
        case .array: self = .array(try Self.list(element.parts, bytes, &position, limits))
        case .set: self = .set(try Self.list(element.parts, bytes, &position, limits))
        case .push: self = .push(try Self.list(element.parts, bytes, &position, limits))
        case .map: self = .map(try Self.pairs(element.parts / 2, bytes, &position, limits))
        case .attribute:
            let pairs = try Self.pairs(element.parts / 2, bytes, &position, limits)
            self = .attributed(pairs, try Reply(bytes, &position, limits))
        default: self = try Self.scalar(element.kind, bytes.extracting(element.payload))
        }
    }

    private static func list(
        _ count: Int, _ bytes: RawSpan, _ position: inout Int, _ limits: ReplyParser.Limits
    ) throws(ReplyError) -> [Reply] {
        var replies: [Reply] = []
        for _ in 0..<count { replies.append(try Reply(bytes, &position, limits)) }
        return replies
    }

    private static func pairs(
        _ count: Int, _ bytes: RawSpan, _ position: inout Int, _ limits: ReplyParser.Limits
    ) throws(ReplyError) -> [Pair] {
        var pairs: [Pair] = []
        for _ in 0..<count {
            let key = try Reply(bytes, &position, limits)
            pairs.append(Pair(key, try Reply(bytes, &position, limits)))
        }
        return pairs
    }

    private static func scalar(_ kind: ReplyKind, _ text: RawSpan) throws(ReplyError) -> Reply {
        switch kind {
        case .status: return .status(text.copied())
        case .error, .bulkError: return .error(text.copied())
        case .bulk: return .bulk(text.copied())
        case .bigNumber: return .bigNumber(text.copied())
        case .boolean: return .boolean(text.byte(at: 0) == UInt8(ascii: "t"))
        case .verbatim: return .verbatim(format: text.extracting(0..<3).copied(), text.from(4).copied())
        case .integer: if let value = ReplyElement.integer(text) { return .integer(value) }
        case .double: if let value = ReplyElement.double(text) { return .double(value) }
        default: break
        }
        throw .invalidValue
    }
}
