/// What is wrong with a request. The connection is answered with it, then closed.
public enum ProtocolError: Error, Equatable, Sendable {
    /// `*n` is no integer, or more than Int32.max.
    case invalidMultibulkLength
    /// `*n` with more than ten arguments, from someone who has not authenticated.
    case unauthenticatedMultibulkLength
    /// `$n` is no integer, negative, or above the limit.
    case invalidBulkLength
    /// `$n` above 16 KiB, from someone who has not authenticated.
    case unauthenticatedBulkLength
    /// Another byte stands where a `$` must.
    case expectedDollar(got: UInt8)
    /// No line end within the limit behind `*`.
    case tooBigMultibulkCount
    /// No line end within the limit behind `$`.
    case tooBigBulkCount
    /// No line end within the limit in an inline request.
    case tooBigInlineRequest
    /// A quote of an inline request is not closed properly.
    case unbalancedQuotes
    /// The request is longer than `RequestParser.Limits.maxRequestLength`.
    case tooBigRequest

    /// The text behind `ERR `; the offending byte of `expectedDollar` is appended by `appendText`.
    private var text: StaticString {
        switch self {
        case .invalidMultibulkLength: "Protocol error: invalid multibulk length"
        case .unauthenticatedMultibulkLength: "Protocol error: unauthenticated multibulk length"
        case .invalidBulkLength: "Protocol error: invalid bulk length"
        case .unauthenticatedBulkLength: "Protocol error: unauthenticated bulk length"
        case .expectedDollar: "Protocol error: expected '$', got '"
        case .tooBigMultibulkCount: "Protocol error: too big mbulk count string"
        case .tooBigBulkCount: "Protocol error: too big bulk count string"
        case .tooBigInlineRequest: "Protocol error: too big inline request"
        case .unbalancedQuotes: "Protocol error: unbalanced quotes in request"
        case .tooBigRequest: "Protocol error: too big request"
        }
    }

    /// Appends the text behind `ERR `, without a line end: bytes, since the byte quoted may be any.
    public func appendText(to buffer: inout ByteBuffer) {
        buffer.append(text)
        guard case .expectedDollar(let byte) = self else { return }
        let breaksLine = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
        buffer.append(breaksLine ? UInt8(ascii: " ") : byte)
        buffer.append(UInt8(ascii: "'"))
    }
}
