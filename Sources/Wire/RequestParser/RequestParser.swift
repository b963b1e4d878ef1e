/// Finds the requests in what a client sends, one at a time, in any number of pieces.
///
/// A request is an array of bulks, or one line of words ("inline"):
///
///     *2 CR LF  $3 CR LF  GET CR LF  $4 CR LF  name CR LF
///     GET name CR LF
///
/// The caller presents the bytes from the request's first one on. When they do not reach the request's end the
/// parser remembers how far it came, and the caller calls again with the same start and more behind it; bytes may
/// have moved meanwhile, since only offsets are kept. However a request is cut, the outcome is the same.
///
/// What it promises about bad input: work is linear in the bytes received, memory is proportional to the bytes
/// received (an argument costs an eight-byte range and takes at least five bytes on the wire), and nothing traps.
///
/// Like redis-server it skips the two bytes behind a bulk and the one behind a CR unseen, whatever they are.
public struct RequestParser: ~Copyable {
    /// What a request may cost.
    public struct Limits: Equatable, Sendable {
        /// Bytes of one argument; what redis.conf calls proto-max-bulk-len.
        public var maxBulkLength: Int
        /// Bytes of an inline request, or of the line with a count or a length.
        public var maxInlineLength: Int
        /// Bytes of a whole request; at most UInt32.max, since ranges are 32 bits wide.
        public var maxRequestLength: Int
        /// Whether the client has authenticated, if it must. If not: ten arguments of 16 KiB.
        public var isAuthenticated: Bool

        /// Limits for a client that may send commands.
        public static let `default` = Limits()
        /// Limits for a client that has yet to authenticate.
        public static let unauthenticated = Limits(isAuthenticated: false)

        /// The usual limits, but for what is given.
        public init(
            maxBulkLength: Int = 512 << 20, maxInlineLength: Int = 64 << 10,
            maxRequestLength: Int = Int(UInt32.max), isAuthenticated: Bool = true
        ) {
            precondition(maxBulkLength >= 0 && maxInlineLength >= 0, "a limit cannot be negative")
            precondition(
                maxRequestLength >= 0 && maxRequestLength <= Int(UInt32.max), "requests are below 4 GiB")
            self.maxBulkLength = maxBulkLength
            self.maxInlineLength = maxInlineLength
            self.maxRequestLength = maxRequestLength
            self.isAuthenticated = isAuthenticated
        }

        static let unauthenticatedArguments: Int64 = 10
        static let unauthenticatedBulkLength: Int64 = 16384
    }

    /// What the bytes presented turned out to be.
    public enum Outcome: Equatable, Sendable {
        /// A request of `length` bytes. Its arguments' ranges, from its first byte, were appended.
        /// If none was appended there is nothing to do (`*0`, `*-1`, an empty line).
        case request(length: Int)
        /// A line of `length` bytes. `inlineForm` holds the request as an array of bulks, and the ranges appended
        /// refer to that.
        case inlineRequest(length: Int)
        /// The request goes on: call again with the same start and more bytes.
        case incomplete
        /// The request is broken: answer and close. The parser is ready for another stream.
        case failure(ProtocolError)
    }

    /// How far the request at hand has been parsed; all zero before its first byte.
    struct Progress: Equatable {
        /// Bytes of complete arguments and count so far.
        var position = 0
        /// Bytes searched for a line end so far, if that is what is missing; no byte is searched twice.
        var searched = 0
        /// Arguments still to come.
        var remaining = 0
        /// Length of the argument whose bytes are awaited; -1 if its length is not known yet.
        var bulk = -1
    }

    private var progress = Progress()
    private var pending: [ArgumentRange] = []
    var words = ByteBuffer()
    var wordRanges: [ArgumentRange] = []

    /// The latest inline request as an array of bulks; holds until the next call of `next`.
    public var inlineForm = ByteBuffer()

    /// A parser at the start of a request.
    public init() {}

    /// Whether a request has been seen in part.
    public var isAmidRequest: Bool { progress.position | progress.searched != 0 }

    /// Looks for one request at the start of `bytes`.
    public mutating func next(
        _ bytes: RawSpan, limits: Limits, appendingTo ranges: inout [ArgumentRange]
    ) -> Outcome {
        guard bytes.byteCount > 0 else { return .incomplete }
        guard bytes.byte(at: 0) == UInt8(ascii: "*") else { return nextInline(bytes, limits, &ranges) }
        if isAmidRequest { return resume(bytes, limits, &ranges) }
        let length = Self.wholeRequest(bytes, limits, &ranges)
        if length > 0 { return .request(length: length) }
        return start(bytes, limits, &ranges)
    }

    /// Takes the first look at a request that is incomplete, broken or unusual.
    @inline(never)
    private mutating func start(
        _ bytes: RawSpan, _ limits: Limits, _ ranges: inout [ArgumentRange]
    ) -> Outcome {
        let first = ranges.count
        var progress = Progress()
        let outcome = Self.advance(&progress, bytes, limits, &ranges)
        if case .incomplete = outcome {
            // What was found so far moves into the parser once; later calls append to it there.
            pending.append(contentsOf: ranges[first...])
            ranges.removeSubrange(first...)
            self.progress = progress
        } else if case .failure = outcome {
            ranges.removeSubrange(first...)
        }
        return outcome
    }

    /// Goes on with a request that was incomplete.
    private mutating func resume(
        _ bytes: RawSpan, _ limits: Limits, _ ranges: inout [ArgumentRange]
    ) -> Outcome {
        let outcome = Self.advance(&progress, bytes, limits, &pending)
        if case .incomplete = outcome { return outcome }
        if case .request = outcome { ranges.append(contentsOf: pending) }
        reset()
        return outcome
    }

    /// Forgets a request seen in part.
    public mutating func reset() {
        progress = Progress()
        pending.removeAll(keepingCapacity: pending.capacity <= 64)
    }

    /// Looks for the line end of an inline request, from where the last call gave up.
    mutating func searchLine(_ bytes: RawSpan, _ limits: Limits) -> LineSearch {
        LineSearch.find(
            UInt8(ascii: "\n"), bytes, from: 0, searched: &progress.searched, atMost: limits.maxInlineLength)
    }

    // MARK: Arrays of bulks

    /// Parses on from `progress`, appending the range of each argument that is complete.
    private static func advance(
        _ progress: inout Progress, _ bytes: RawSpan, _ limits: Limits, _ ranges: inout [ArgumentRange]
    ) -> Outcome {
        if progress.position == 0 {
            switch header(UInt8(ascii: "*"), bytes, &progress, limits) {
            case .value(let count):
                if count > Int64(Int32.max) { return .failure(.invalidMultibulkLength) }
                if !limits.isAuthenticated, count > Limits.unauthenticatedArguments {
                    return .failure(.unauthenticatedMultibulkLength)
                }
                if count <= 0 { return .request(length: progress.position) }
                progress.remaining = Int(count)
            case .incomplete: return .incomplete
            case .failure(let error): return .failure(error)
            }
        }
        while progress.remaining > 0 {
            if progress.bulk < 0 {
                switch header(UInt8(ascii: "$"), bytes, &progress, limits) {
                case .value(let length):
                    if length < 0 || length > Int64(limits.maxBulkLength) {
                        return .failure(.invalidBulkLength)
                    }
                    if !limits.isAuthenticated, length > Limits.unauthenticatedBulkLength {
                        return .failure(.unauthenticatedBulkLength)
                    }
                    if length > Int64(limits.maxRequestLength - progress.position - 2) {
                        return .failure(.tooBigRequest)
                    }
                    progress.bulk = Int(length)
                case .incomplete: return .incomplete
                case .failure(let error): return .failure(error)
                }
            }
            // Both are at most UInt32.max, which the checks of maxRequestLength keep.
            let end = progress.position &+ progress.bulk &+ 2
            if end > bytes.byteCount { return .incomplete }
            ranges.append(
                ArgumentRange(
                    offset: UInt32(truncatingIfNeeded: progress.position),
                    length: UInt32(truncatingIfNeeded: progress.bulk)))
            progress.position = end
            progress.bulk = -1
            progress.remaining &-= 1
        }
        return .request(length: progress.position)
    }

    /// The number in a line that starts with a mark.
    private enum Header {
        case value(Int64)
        case incomplete
        case failure(ProtocolError)
    }

    /// Reads the line at `progress.position`, which must start with `mark` (`*` or `$`), and steps over it.
    private static func header(
        _ mark: UInt8, _ bytes: RawSpan, _ progress: inout Progress, _ limits: Limits
    ) -> Header {
        let isCount = mark == UInt8(ascii: "*")
        let line = LineSearch.find(
            UInt8(ascii: "\r"), bytes, from: progress.position, searched: &progress.searched,
            atMost: limits.maxInlineLength)
        switch line {
        case .tooLong: return .failure(isCount ? .tooBigMultibulkCount : .tooBigBulkCount)
        case .incomplete: return .incomplete
        case .end(let end):
            // The byte behind the CR belongs to the line; it may be any.
            guard end + 1 < bytes.byteCount else { return .incomplete }
            let found = bytes.byte(at: progress.position)
            guard found == mark else { return .failure(.expectedDollar(got: found)) }
            guard let value = Decimal.parse(bytes.extracting((progress.position + 1)..<end)) else {
                return .failure(isCount ? .invalidMultibulkLength : .invalidBulkLength)
            }
            guard end + 2 <= limits.maxRequestLength else { return .failure(.tooBigRequest) }
            progress.position = end + 2
            progress.searched = 0
            return .value(value)
        }
    }
}
