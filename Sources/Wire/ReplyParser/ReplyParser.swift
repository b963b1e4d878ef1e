/// Finds the replies in what a server sends, one at a time, in any number of pieces.
///
/// Speaks RESP2 and RESP3, all kinds but the streamed ones, which no server sends. As with `RequestParser` the caller
/// presents the bytes from the reply's first one on, and again with more behind it when they do not suffice. An
/// element that is complete is not read again. Depth is bounded, and a claimed count costs nothing.
public struct ReplyParser: ~Copyable {
    /// What a reply may cost.
    public struct Limits: Equatable, Sendable {
        /// Bytes of one bulk.
        public var maxBulkLength: Int64
        /// Elements of one aggregate; pairs of a map.
        public var maxCount: Int64
        /// Bytes of one line.
        public var maxLineLength: Int
        /// Aggregates within aggregates.
        public var maxDepth: Int

        /// Wide enough for anything redis-server says.
        public static let `default` = Limits()

        /// The usual limits, but for what is given.
        public init(
            maxBulkLength: Int64 = 1 << 32, maxCount: Int64 = 1 << 32, maxLineLength: Int = 1 << 20,
            maxDepth: Int = 64
        ) {
            precondition(maxCount < 1 << 62 && maxBulkLength < 1 << 62, "lengths are 62 bits wide")
            self.maxBulkLength = maxBulkLength
            self.maxCount = maxCount
            self.maxLineLength = maxLineLength
            self.maxDepth = maxDepth
        }
    }

    /// What the bytes presented turned out to be.
    public enum Outcome: Equatable, Sendable {
        /// A reply of `length` bytes, attributes in front included. `kind` is its own, not that of an attribute.
        case reply(kind: ReplyKind, length: Int)
        /// The reply goes on: call again with the same start and more bytes.
        case incomplete
        /// No reply: nothing behind can be understood.
        case failure(ReplyError)
    }

    private let limits: Limits
    private var position = 0
    private var searched = 0
    private var kind: ReplyKind?
    // Replies still to come: the reply itself, then in each aggregate that is open.
    private var remaining: [Int] = [1]

    /// A parser at the start of a reply.
    public init(limits: Limits = .default) { self.limits = limits }

    /// Forgets a reply seen in part.
    public mutating func reset() {
        position = 0
        searched = 0
        kind = nil
        remaining.removeAll(keepingCapacity: true)
        remaining.append(1)
    }

    /// Looks for one reply at the start of `bytes`.
    public mutating func next(_ bytes: RawSpan) -> Outcome {
        while true {
            switch ReplyElement.read(bytes, at: position, searched: &searched, limits: limits) {
            case .incomplete: return .incomplete
            case .failure(let error):
                reset()
                return .failure(error)
            case .element(let element):
                position = element.end
                searched = 0
                if let error = count(element) {
                    reset()
                    return .failure(error)
                }
                if remaining.isEmpty {
                    let outcome = Outcome.reply(kind: kind ?? element.kind, length: position)
                    reset()
                    return outcome
                }
            }
        }
    }

    /// Crosses `element` off, and adds its parts to what is still to come.
    private mutating func count(_ element: ReplyElement) -> ReplyError? {
        if element.kind != .attribute {
            // An attribute stands in front of the reply that counts.
            if remaining.count == 1 { kind = element.kind }
            remaining[remaining.count - 1] -= 1
        }
        if element.parts > 0 {
            if remaining.count > limits.maxDepth { return .tooDeep }
            remaining.append(element.parts)
        }
        while remaining.last == 0 { remaining.removeLast() }
        return nil
    }
}
