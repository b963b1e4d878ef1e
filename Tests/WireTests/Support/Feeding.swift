import Testing
import Wire

/// Bytes spelled in a test.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Bytes as text that shows where a test went wrong.
func shown(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    for byte in bytes.prefix(400) {
        text += byte >= 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
    }
    return bytes.count > 400 ? text + "... (\(bytes.count) bytes)" : text
}

/// Something a parser found in a stream.
enum Found: Equatable {
    case request([[UInt8]])
    case failure(ProtocolError)
}

/// A client's side of a connection: what has arrived and is not parsed yet, and the parser.
///
/// Does with the parser what a connection does, so that tests see requests as a connection would.
struct Feed: ~Copyable {
    var parser = RequestParser()
    var limits = RequestParser.Limits.default
    var arrived = ByteBuffer()
    var found: [Found] = []
    var isBroken = false

    init(limits: RequestParser.Limits = .default) { self.limits = limits }

    mutating func receive(_ piece: ArraySlice<UInt8>) {
        if isBroken { return }
        arrived.append(piece)
        let consumed = Self.parse(arrived, limits, &parser, &found, &isBroken)
        arrived.removePrefix(consumed)
    }

    private static func parse(
        _ arrived: borrowing ByteBuffer, _ limits: RequestParser.Limits, _ parser: inout RequestParser,
        _ found: inout [Found], _ isBroken: inout Bool
    ) -> Int {
        var consumed = 0
        var ranges: [ArgumentRange] = []
        while consumed < arrived.count {
            ranges.removeAll(keepingCapacity: true)
            switch parser.next(arrived.bytes.from(consumed), limits: limits, appendingTo: &ranges) {
            case .request(let length):
                let words = copy(Arguments(bytes: arrived.bytes.from(consumed), ranges: ranges.span))
                if !words.isEmpty { found.append(.request(words)) }
                consumed += length
            case .inlineRequest(let length):
                found.append(.request(copy(Arguments(bytes: parser.inlineForm.bytes, ranges: ranges.span))))
                expectCanonical(parser.inlineForm, ranges)
                consumed += length
            case .incomplete:
                #expect(ranges.isEmpty, "an incomplete request keeps its ranges to itself")
                return consumed
            case .failure(let error):
                #expect(ranges.isEmpty, "a broken request has no ranges")
                found.append(.failure(error))
                isBroken = true
                return consumed
            }
        }
        return consumed
    }

    /// The canonical form of a line must itself be a request that says the same.
    private static func expectCanonical(_ form: borrowing ByteBuffer, _ ranges: [ArgumentRange]) {
        var again = RequestParser()
        var rangesAgain: [ArgumentRange] = []
        let outcome = again.next(form.bytes, limits: .default, appendingTo: &rangesAgain)
        let length = form.count
        #expect(outcome == .request(length: length))
        #expect(rangesAgain == ranges)
    }

    private static func copy(_ arguments: Arguments) -> [[UInt8]] {
        var words: [[UInt8]] = []
        for index in 0..<arguments.count { words.append(arguments[index].copied()) }
        return words
    }
}

/// What one way of feeding a stream led to.
struct FeedResult: Equatable {
    var found: [Found]
    /// Bytes left waiting for more; meaningless once a request was broken.
    var waiting: Int

    init(_ pieces: [ArraySlice<UInt8>], limits: RequestParser.Limits) {
        var feed = Feed(limits: limits)
        for piece in pieces { feed.receive(piece) }
        found = feed.found
        waiting = feed.isBroken ? 0 : feed.arrived.count
    }
}

/// Feeds `stream` whole, drip-fed, glued behind and before other requests, and cut in two at each index (at some
/// indices, if it is long); expects the same outcome each time and returns it.
@discardableResult
func feedEveryWay(
    _ stream: [UInt8], limits: RequestParser.Limits = .default,
    sourceLocation: SourceLocation = #_sourceLocation
) -> FeedResult {
    let whole = FeedResult([stream[...]], limits: limits)
    func check(_ pieces: [ArraySlice<UInt8>], _ way: String) {
        let other = FeedResult(pieces, limits: limits)
        #expect(other == whole, "\(way): \(shown(stream))", sourceLocation: sourceLocation)
    }
    check(stream.indices.map { stream[$0...$0] }, "drip-fed")
    let step = max(1, stream.count / 256)
    for cut in stride(from: 0, through: stream.count, by: step) {
        check([stream[..<cut], stream[cut...]], "cut at \(cut)")
    }
    if stream.count > 3 {
        let third = stream.count / 3
        check([stream[..<third], stream[third..<(2 * third)], stream[(2 * third)...]], "in three")
    }

    let ping = bytes("*1\r\n$4\r\nPING\r\n")
    let glued = FeedResult([(ping + stream)[...]], limits: limits)
    #expect(glued.found == [.request([bytes("PING")])] + whole.found, sourceLocation: sourceLocation)
    if whole.waiting == 0, !whole.found.contains(where: { if case .failure = $0 { true } else { false } }) {
        let twice = FeedResult([(stream + stream)[...]], limits: limits)
        #expect(twice.found == whole.found + whole.found, sourceLocation: sourceLocation)
    }
    return whole
}

/// A small generator with a seed, so that a failing run can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    // SplitMix64 (Steele, Lea, Flood, 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// A seed of this run's own, printed, or the one in the environment variable `WIRE_SEED`.
func newSeed(_ name: String) -> UInt64 {
    let seed = environmentSeed() ?? UInt64.random(in: 0...UInt64.max)
    print("\(name): WIRE_SEED=\(seed)")
    return seed
}
