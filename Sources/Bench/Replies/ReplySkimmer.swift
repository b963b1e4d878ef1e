import Wire

/// Counts the answers of one connection in the protocol of the run.
struct ReplySkimmer: ~Copyable {
    private let isMemcached: Bool
    private var resp = RespSkimmer()
    private var text = TextSkimmer()

    init(_ wire: BenchProtocol, showsPayload: Bool) {
        isMemcached = wire == .memcached
        resp.showsPayload = showsPayload
        text.showsPayload = showsPayload
    }

    /// See `RespSkimmer.next`.
    @inline(__always)
    mutating func next(_ bytes: RawSpan, _ position: inout Int) -> Skim {
        isMemcached ? text.next(bytes, &position) : resp.next(bytes, &position)
    }

    /// What the last answer was.
    @inline(__always) var kind: AnswerKind { isMemcached ? text.kind : resp.kind }

    /// Strings of the last answer that were there.
    @inline(__always) var hits: Int { isMemcached ? text.hits : resp.hits }

    /// Of `keys` asked for, those that were not there.
    @inline(__always)
    func misses(of keys: Int) -> Int {
        guard isMemcached else { return resp.misses }
        return text.kind == .value ? max(text.misses, keys &- text.hits) : text.misses
    }

    /// The number that came last.
    var integer: Int64 { isMemcached ? text.integer : resp.integer }

    /// Bytes of the last `payload`.
    var payloadCount: Int { isMemcached ? text.payloadCount : resp.payloadCount }

    /// Whether the value that ended was there.
    var valueIsThere: Bool { isMemcached ? text.valueIsThere : resp.valueIsThere }

    /// The start of the last error.
    var errorText: String {
        String(
            decoding: isMemcached ? text.errorText.bytes.copied() : resp.errorText.bytes.copied(),
            as: UTF8.self)
    }
}
