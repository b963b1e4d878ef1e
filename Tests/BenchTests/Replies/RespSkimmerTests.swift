import Testing
import Wire

@testable import Bench

/// What a skimmer told of a stream.
struct Skimmed: Equatable {
    struct Answer: Equatable {
        var kind: AnswerKind
        var hits = 0
        var misses = 0
    }

    var answers: [Answer] = []
    var payloads: [[UInt8]?] = []
    var errors: [String] = []
    var integers: [Int64] = []
    var isBroken = false
}

/// Feeds a stream in pieces that end at `cuts`.
func skim(_ wire: BenchProtocol, _ bytes: [UInt8], cuts: [Int], showsPayload: Bool = true) -> Skimmed {
    var skimmer = ReplySkimmer(wire, showsPayload: showsPayload)
    var skimmed = Skimmed()
    var value: [UInt8] = []
    var start = 0
    for end in cuts + [bytes.count] {
        let piece = Array(bytes[start..<end])
        start = end
        var position = 0
        feeding: while true {
            switch skimmer.next(piece.span.raw, &position) {
            case .incomplete:
                break feeding
            case .answer:
                skimmed.answers.append(
                    .init(kind: skimmer.kind, hits: skimmer.hits, misses: skimmer.misses(of: 0)))
                if skimmer.kind == .error { skimmed.errors.append(skimmer.errorText) }
                if skimmer.kind == .integer { skimmed.integers.append(skimmer.integer) }
            case .payload: value += piece[(position - skimmer.payloadCount)..<position]
            case .payloadEnd:
                skimmed.payloads.append(skimmer.valueIsThere ? value : nil)
                value = []
            case .broken:
                skimmed.isBroken = true
                return skimmed
            }
        }
        if position != piece.count { skimmed.isBroken = true }
    }
    return skimmed
}

/// The same stream whole, byte by byte, and cut once at each index: always the same outcome.
func everySplit(_ wire: BenchProtocol, _ text: String, showsPayload: Bool = true) -> Skimmed {
    let bytes = Array(text.utf8)
    let whole = skim(wire, bytes, cuts: [], showsPayload: showsPayload)
    #expect(
        skim(wire, bytes, cuts: Array(1..<bytes.count), showsPayload: showsPayload) == whole, "byte by byte")
    for cut in 1..<bytes.count {
        #expect(skim(wire, bytes, cuts: [cut], showsPayload: showsPayload) == whole, "cut at \(cut)")
    }
    return whole
}

@Suite struct RespSkimmerTests {
    @Test(arguments: [true, false])
    func anErrorBehindAValueHasItsOwnText(showsPayload: Bool) {
        let text = "-one\r\n$1\r\nx\r\n-two\r\n$-1\r\n-three\r\n*1\r\n$1\r\ny\r\n-four\r\n"
        let skimmed = everySplit(.resp2, text, showsPayload: showsPayload)
        #expect(skimmed.errors == ["one", "two", "three", "four"])
        #expect(skimmed.answers.map(\.kind) == [.error, .value, .error, .value, .error, .list, .error])
    }

    @Test(arguments: [true, false])
    func repliesOfAllKinds(showsPayload: Bool) {
        let text =
            "+OK\r\n$5\r\nhello\r\n$-1\r\n:42\r\n:-7\r\n-ERR no - way\r\n*2\r\n$1\r\na\r\n$-1\r\n$0\r\n\r\n*0\r\n*-1\r\n"
            + "_\r\n#t\r\n,1.5\r\n(12345678901234567890\r\n=7\r\ntxt:abc\r\n!8\r\nERR blob\r\n%1\r\n+a\r\n:1\r\n~1\r\n$1\r\nx\r\n"
        let skimmed = everySplit(.resp2, text, showsPayload: showsPayload)
        #expect(!skimmed.isBroken)
        #expect(
            skimmed.answers == [
                .init(kind: .done), .init(kind: .value, hits: 1), .init(kind: .value, misses: 1),
                .init(kind: .integer),
                .init(kind: .integer), .init(kind: .error), .init(kind: .list, hits: 1, misses: 1),
                .init(kind: .value, hits: 1), .init(kind: .list), .init(kind: .value, misses: 1),
                .init(kind: .value, misses: 1), .init(kind: .done), .init(kind: .done), .init(kind: .done),
                .init(kind: .value, hits: 1), .init(kind: .error), .init(kind: .list),
                .init(kind: .list, hits: 1),
            ])
        #expect(skimmed.integers == [42, -7])
        #expect(skimmed.errors == ["ERR no - way", "ERR blob"])
        let payloads: [[UInt8]?] = [
            Array("hello".utf8), nil, Array("a".utf8), nil, [], nil, nil, Array("txt:abc".utf8),
            Array("x".utf8),
        ]
        if showsPayload { #expect(skimmed.payloads == payloads) }
    }

    @Test func nestedAggregatesAreOneAnswer() {
        let text = "*3\r\n*2\r\n:1\r\n*1\r\n$1\r\nx\r\n*0\r\n%1\r\n$1\r\nk\r\n*2\r\n_\r\n:2\r\n+next\r\n"
        #expect(
            everySplit(.resp3, text).answers == [.init(kind: .list, hits: 2, misses: 1), .init(kind: .done)])
    }

    @Test func pushesAndAttributesAnswerNothing() {
        let text =
            ">2\r\n$7\r\nmessage\r\n*1\r\n:1\r\n+OK\r\n|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n"
            + "*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n>0\r\n+end\r\n"
        #expect(
            everySplit(.resp3, text).answers == [
                .init(kind: .done), .init(kind: .value, hits: 1), .init(kind: .list), .init(kind: .done),
            ])
    }

    @Test(arguments: [
        "?x\r\n", "$x\r\n", "$3\r\nabcde", "$3\r\nabc\rx", "+OK\n", ":\r\n", "*x\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
        "$99999999999999999999\r\n",
    ])
    func whatIsNoReply(text: String) { #expect(everySplit(.resp2, text).isBroken) }

    @Test func aLongErrorIsKeptInPart() {
        let skimmed = everySplit(.resp2, "-ERR " + String(repeating: "x", count: 300) + "\r\n")
        #expect(skimmed.errors.map(\.count) == [RespSkimmer.errorTextMax])
    }

    /// Streams of random replies: the skimmer and Wire's parser find the same number of them, whatever the cuts.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func randomStreamsAgainstTheParser(seed: UInt64) {
        var chance = Chance(seed: seed)
        var text = ""
        for _ in 0..<50 { appendReply(&text, &chance, depth: 0) }
        let bytes = Array(text.utf8)
        var kinds: [ReplyKind] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var parser = ReplyParser()
            guard case .reply(let kind, let length) = parser.next(Array(rest).span.raw) else { break }
            kinds.append(kind)
            rest = rest.dropFirst(length)
        }
        #expect(rest.isEmpty)
        for _ in 0..<20 {
            let cuts = Set((0..<Int(chance.below(30))).map { _ in Int(chance.below(UInt64(bytes.count))) })
                .sorted()
            let skimmed = skim(.resp2, bytes, cuts: cuts)
            #expect(!skimmed.isBroken)
            #expect(skimmed.answers.count == kinds.count)
            #expect(
                skimmed.answers.count { $0.kind == .error } == kinds.count { $0 == .error }, "seed \(seed)")
        }
    }

    private func appendReply(_ text: inout String, _ chance: inout Chance, depth: Int) {
        switch chance.below(depth < 3 ? 8 : 6) {
        case 0: text += "+OK\r\n"
        case 1: text += ":\(chance.below(100_000))\r\n"
        case 2: text += "$-1\r\n"
        case 3: text += depth == 0 ? "-ERR \(chance.below(9))\r\n" : "_\r\n"
        case 4, 5:
            let count = Int(chance.below(40))
            // Bytes that look like replies themselves; cut by bytes, since CR LF is one character to a String.
            let bytes = Array(String(repeating: "$1\r\n*", count: 8).utf8).prefix(count)
            text += "$\(count)\r\n" + String(decoding: bytes, as: UTF8.self) + "\r\n"
        default:
            let count = chance.below(5)
            text += "*\(count)\r\n"
            for _ in 0..<count { appendReply(&text, &chance, depth: depth + 1) }
        }
    }
}

@Suite struct TextSkimmerTests {
    @Test(arguments: [true, false])
    func answersOfAllKinds(showsPayload: Bool) {
        let text =
            "VALUE key 0 5\r\nhello\r\nEND\r\nEND\r\nSTORED\r\nNOT_STORED\r\nDELETED\r\nNOT_FOUND\r\n17\r\n"
            + "VALUE a 1 0 99\r\n\r\nVALUE b 0 3\r\n\r\nx\r\nEND\r\nERROR\r\nCLIENT_ERROR bad\r\nSERVER_ERROR oom\r\nEXISTS\r\nTOUCHED\r\n"
        let skimmed = everySplit(.memcached, text, showsPayload: showsPayload)
        #expect(!skimmed.isBroken)
        #expect(
            skimmed.answers == [
                .init(kind: .value, hits: 1), .init(kind: .value), .init(kind: .done), .init(kind: .done),
                .init(kind: .done), .init(kind: .value, misses: 1), .init(kind: .integer),
                .init(kind: .value, hits: 2),
                .init(kind: .error), .init(kind: .error), .init(kind: .error), .init(kind: .done),
                .init(kind: .done),
            ])
        #expect(skimmed.integers == [17])
        #expect(skimmed.errors == ["ERROR", "CLIENT_ERROR bad", "SERVER_ERROR oom"])
        if showsPayload {
            #expect(skimmed.payloads == [Array("hello".utf8), [], Array("\r\nx".utf8)])
        }
    }

    @Test(arguments: [
        "END\n", "VALUE a 0 x\r\n", "VALUE a 0\r\n", "VALUE a 0 2\r\nabc\r\n", "VALUE a 0 2\r\nab\rx",
    ])
    func whatIsNoAnswer(text: String) { #expect(everySplit(.memcached, text).isBroken) }

    @Test func aReadLeavesOutWhatIsNotThere() {
        var skimmer = ReplySkimmer(.memcached, showsPayload: false)
        var position = 0
        let text = Array("VALUE a 0 1\r\nx\r\nEND\r\n".utf8)
        #expect(skimmer.next(text.span.raw, &position) == .answer)
        #expect(skimmer.misses(of: 3) == 2)
    }

    @Test func aLineWithoutEndIsGivenUp() {
        #expect(skim(.memcached, [UInt8](repeating: 97, count: TextSkimmer.lineMax + 1), cuts: []).isBroken)
    }
}
