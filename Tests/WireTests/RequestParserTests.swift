import Testing
import Wire

// The replies of redis-server 7.0.15 to the same bytes are what these tables state.

@Suite struct RequestParserTests {
    private func requests(_ stream: String, sourceLocation: SourceLocation = #_sourceLocation) -> [[String]] {
        let result = feedEveryWay(bytes(stream), sourceLocation: sourceLocation)
        #expect(result.waiting == 0, sourceLocation: sourceLocation)
        return result.found.map { found in
            guard case .request(let words) = found else { return ["failed"] }
            return words.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func arraysOfBulks() {
        #expect(requests("*1\r\n$4\r\nPING\r\n") == [["PING"]])
        #expect(requests("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000001\r\n") == [["GET", "key:000000000001"]])
        #expect(requests("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n") == [["ECHO", ""]])
        let long = String(repeating: "x", count: 12345)
        #expect(requests("*2\r\n$4\r\nECHO\r\n$12345\r\n\(long)\r\n") == [["ECHO", long]])
        let many = (0..<1234).map { "\($0)" }
        let body = many.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        #expect(requests("*1234\r\n" + body) == [many])
    }

    @Test func pipelines() {
        let get = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
        #expect(
            requests(get + "PING x\r\n" + get + "\r\n*0\r\n" + get) == [
                ["GET", "a"], ["PING", "x"], ["GET", "a"], ["GET", "a"],
            ])
    }

    @Test func nothingToDo() {
        for empty in ["*0\r\n", "*-1\r\n", "*-10\r\n", "*-9223372036854775808\r\n", "\r\n", "\n", " \t \r\n"]
        {
            #expect(requests(empty) == [])
            #expect(requests(empty + empty + "PING\r\n") == [["PING"]])
        }
    }

    @Test func lineEndsNobodyLooksAt() {
        // Behind a bulk two bytes are skipped whatever they are, and behind the CR of a header one.
        #expect(requests("*1\r\n$4\r\nPINGxx") == [["PING"]])
        #expect(requests("*1\r\r$4\rxPING\r\n") == [["PING"]])
        let desynchronised = feedEveryWay(bytes("*2\r\n$3\r\nfoobar$3\r\nbaz\r\n"))
        #expect(desynchronised.found == [.failure(.expectedDollar(got: UInt8(ascii: "r")))])
    }

    @Test func wordsInALine() {
        #expect(requests("PING\r\n") == [["PING"]])
        #expect(requests("PING\n") == [["PING"]])
        #expect(requests("PING\r\r\n") == [["PING"]])
        #expect(requests("  SET  a\tb \r\n") == [["SET", "a", "b"]])
        #expect(requests("PING \r x\r\n") == [["PING", "x"]])
        #expect(requests("\u{0C}PING\r\n") == [["PING"]])
        #expect(requests("PING\u{0B}x\r\n") == [["PING\u{0B}x"]])
        #expect(requests("PING \u{0B}\r\n") == [["PING"]])
        #expect(requests("PING \"\"\r\n") == [["PING", ""]])
        #expect(requests("PI\"NG\"\r\n") == [["PING"]])
        #expect(requests("PING 'a\\'b'\r\n") == [["PING", "a'b"]])
        #expect(requests("PING \"\\x41\\n\\t\\b\\a\\r\\q\"\r\n") == [["PING", "A\n\t\u{08}\u{07}\rq"]])
    }

    private static let unbalanced: [String] = [
        "\"PING\r\n", "PING 'a\r\n", "PING \"a\"b\r\n", "PING 'a'b\r\n", "PING \"a\\\r\n", "PING \"a\\\"\r\n",
        "PING \"\\x4\r\n", "PING \"\"\"\"\r\n",
    ]

    @Test(arguments: unbalanced) func unbalancedQuotes(_ line: String) {
        #expect(feedEveryWay(bytes(line)).found == [.failure(.unbalancedQuotes)])
    }

    private static let failures: [(String, ProtocolError)] = [
        ("*3000000000\r\n", .invalidMultibulkLength),
        ("*2147483648\r\n", .invalidMultibulkLength),
        ("*9223372036854775807\r\n", .invalidMultibulkLength),
        ("*9223372036854775808\r\n", .invalidMultibulkLength),
        ("*-9223372036854775809\r\n", .invalidMultibulkLength),
        ("*12345678901234567890\r\n", .invalidMultibulkLength),
        ("*123456789012345678901\r\n", .invalidMultibulkLength),
        ("*1e3\r\n", .invalidMultibulkLength), ("*+1\r\n", .invalidMultibulkLength),
        ("*01\r\n", .invalidMultibulkLength), ("*00\r\n", .invalidMultibulkLength),
        ("*-0\r\n", .invalidMultibulkLength), ("* 1\r\n", .invalidMultibulkLength),
        ("*1 \r\n", .invalidMultibulkLength), ("*\r\n", .invalidMultibulkLength),
        ("*-\r\n", .invalidMultibulkLength), ("*\n1\r\n", .invalidMultibulkLength),
        ("**1\r\n", .invalidMultibulkLength), ("*1:\r\n", .invalidMultibulkLength),
        ("*/\r\n", .invalidMultibulkLength), ("*1/\r\n", .invalidMultibulkLength),
        ("*11:\r\n", .invalidMultibulkLength), ("*1\n$4\nPING\n\r\n", .invalidMultibulkLength),
        ("*1\r\n$-1\r\n", .invalidBulkLength), ("*1\r\n$-10\r\n", .invalidBulkLength),
        ("*1\r\n$536870913\r\n", .invalidBulkLength), ("*1\r\n$2000000000\r\n", .invalidBulkLength),
        ("*1\r\n$abc\r\n", .invalidBulkLength), ("*1\r\n$04\r\nPING\r\n", .invalidBulkLength),
        ("*1\r\n$\r\n", .invalidBulkLength), ("*1\r\n$4 \r\nPING\r\n", .invalidBulkLength),
        ("*1\r\n$+4\r\nPING\r\n", .invalidBulkLength), ("*1\r\n$$4\r\nPING\r\n", .invalidBulkLength),
        ("*1\r\n$99999999999999999999\r\n", .invalidBulkLength),
        ("*1\r\nPING\r\n", .expectedDollar(got: UInt8(ascii: "P"))),
        ("*1\r\n:3\r\n", .expectedDollar(got: UInt8(ascii: ":"))),
        ("*1\r\n*1\r\n$4\r\nPING\r\n", .expectedDollar(got: UInt8(ascii: "*"))),
        ("*1\r\n%1\r\n", .expectedDollar(got: UInt8(ascii: "%"))),
        ("*1\r\n\r\n\r\n", .expectedDollar(got: UInt8(ascii: "\r"))),
        ("*1\r\n\n\r\n", .expectedDollar(got: UInt8(ascii: "\n"))),
    ]

    @Test(arguments: failures) func brokenRequests(_ stream: String, _ error: ProtocolError) {
        #expect(feedEveryWay(bytes(stream)).found == [.failure(error)])
    }

    @Test func aByteThatIsNoText() {
        let stream = bytes("*1\r\n") + [0xFF] + bytes("x\r\n")
        #expect(feedEveryWay(stream).found == [.failure(.expectedDollar(got: 0xFF))])
    }

    @Test func errorsComeBehindTheAnswersBeforeThem() {
        let ping = "*1\r\n$4\r\nPING\r\n"
        let result = feedEveryWay(bytes(ping + ping + ping + ping + "*1\r\n$x\r\n" + ping))
        let answered = Found.request([bytes("PING")])
        #expect(result.found == [answered, answered, answered, answered, .failure(.invalidBulkLength)])
    }

    @Test func linesWithoutEnd() {
        // The last byte a line may have, and one more. Drip-feeding 64 KiB checks that none is looked at twice.
        for (start, error) in [
            ("a", ProtocolError.tooBigInlineRequest), ("*1", .tooBigMultibulkCount),
            ("*1\r\n$1", .tooBigBulkCount),
        ] {
            let line = start.split(separator: "\r\n").last?.utf8.count ?? 0
            let limit = bytes(start) + [UInt8](repeating: UInt8(ascii: "1"), count: 65536 - line)
            let waiting = FeedResult(limit.indices.map { limit[$0...$0] }, limits: .default)
            #expect(waiting == FeedResult([limit[...]], limits: .default))
            #expect(waiting.found == [])
            #expect(waiting.waiting == limit.count)
            let over = limit + bytes("1")
            #expect(
                FeedResult(over.indices.map { over[$0...$0] }, limits: .default).found == [.failure(error)])
            #expect(FeedResult([(over + bytes("\r\n"))[...]], limits: .default).found == [.failure(error)])
        }
        let longest = [UInt8](repeating: UInt8(ascii: "a"), count: 65535)
        #expect(FeedResult([(longest + bytes("\r\n"))[...]], limits: .default).found == [.request([longest])])
        #expect(
            FeedResult([(longest + bytes("a\n"))[...]], limits: .default).found
                == [.request([longest + bytes("a")])])
        #expect(
            FeedResult([(longest + bytes("a\r\n"))[...]], limits: .default).found
                == [.failure(.tooBigInlineRequest)])
    }

    @Test(arguments: [
        ("", ProtocolError.tooBigInlineRequest), ("PING a", .tooBigInlineRequest),
        ("*", .tooBigMultibulkCount),
        ("*1\r\n$", .tooBigBulkCount), ("*1\r\n", .tooBigBulkCount),
    ])
    func zeroBytesHideTheLineEnd(_ start: String, _ error: ProtocolError) {
        let short = bytes(start) + [0] + bytes("x\r\nPING\r\n")
        let result = feedEveryWay(short)
        #expect(result.found == [])
        #expect(result.waiting == short.count)
        let long = short + [UInt8](repeating: 0, count: 65540)
        #expect(feedEveryWay(long).found == [.failure(error)])
    }

    @Test func claimsCostNothing() {
        for claim in [
            "*1048576\r\n", "*2147483647\r\n", "*2147483647\r\n$536870912\r\n", "*1\r\n$536870912\r\nx",
        ] {
            let result = feedEveryWay(bytes(claim))
            #expect(result.found == [])
            var parser = RequestParser()
            var ranges: [ArgumentRange] = []
            let outcome = parser.next(bytes(claim).span.raw, limits: .default, appendingTo: &ranges)
            #expect(outcome == .incomplete)
            #expect(ranges.capacity < 16)
        }
    }

    @Test func limitsBeforeAuthentication() {
        func found(_ stream: String) -> [Found] {
            feedEveryWay(bytes(stream), limits: .unauthenticated).found
        }
        let ten = "*10\r\n" + String(repeating: "$1\r\na\r\n", count: 10)
        #expect(found(ten) == [.request([[UInt8]](repeating: bytes("a"), count: 10))])
        #expect(found("*11\r\n") == [.failure(.unauthenticatedMultibulkLength)])
        #expect(found("*2147483648\r\n") == [.failure(.invalidMultibulkLength)])
        let full = String(repeating: "p", count: 16384)
        #expect(found("*1\r\n$16384\r\n\(full)\r\n") == [.request([bytes(full)])])
        #expect(found("*1\r\n$16385\r\n") == [.failure(.unauthenticatedBulkLength)])
        #expect(found("*1\r\n$536870913\r\n") == [.failure(.invalidBulkLength)])
    }

    @Test func limitsThatAreSet() {
        let limits = RequestParser.Limits(maxBulkLength: 8, maxInlineLength: 16, maxRequestLength: 24)
        func found(_ stream: String) -> [Found] { feedEveryWay(bytes(stream), limits: limits).found }
        #expect(found("*1\r\n$8\r\n12345678\r\n") == [.request([bytes("12345678")])])
        #expect(found("*1\r\n$9\r\n") == [.failure(.invalidBulkLength)])
        #expect(found("*2\r\n$4\r\n1234\r\n$4\r\n1234\r\n") == [.request([bytes("1234"), bytes("1234")])])
        #expect(found("*2\r\n$4\r\n1234\r\n$5\r\n") == [.failure(.tooBigRequest)])
        #expect(found("0123456789abcdef\n") == [.request([bytes("0123456789abcdef")])])
        #expect(found("0123456789abcdefg\n") == [.failure(.tooBigInlineRequest)])
    }

    @Test func strangersAtTheDoor() {
        // An HTTP request is words; whoever executes them refuses POST and Host:.
        let http = feedEveryWay(bytes("GET / HTTP/1.1\r\nHost: example\r\n\r\n"))
        #expect(
            http.found == [
                .request(["GET", "/", "HTTP/1.1"].map(bytes)), .request(["Host:", "example"].map(bytes)),
            ])
        // A TLS client hello holds zero bytes, so it waits for a line end that never counts.
        let hello: [UInt8] = [0x16, 3, 1, 0, 0xC8, 1, 0, 0, 0xC4, 3, 3] + bytes("\r\n\r\n")
        #expect(feedEveryWay(hello).found == [])
        let telnet: [UInt8] = [0xFF, 0xF4, 0xFF, 0xFD, 0x06, 0x0D, 0x0A]
        #expect(feedEveryWay(telnet).found == [.request([[0xFF, 0xF4, 0xFF, 0xFD, 0x06]])])
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF] + bytes("PING\r\n")
        #expect(feedEveryWay(mark).found == [.request([[0xEF, 0xBB, 0xBF] + bytes("PING")])])
    }

    @Test func aMillionEmptyLines() {
        let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: 1_000_000) + bytes("PING\r\n")
        #expect(FeedResult([lines[...]], limits: .default).found == [.request([bytes("PING")])])
    }

    @Test func resetForgets() {
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        var isAmid = parser.isAmidRequest
        #expect(!isAmid)
        let part = bytes("*2\r\n$1\r\na\r\n")
        var outcome = parser.next(part.span.raw, limits: .default, appendingTo: &ranges)
        #expect(outcome == .incomplete)
        isAmid = parser.isAmidRequest
        #expect(isAmid)
        parser.reset()
        isAmid = parser.isAmidRequest
        #expect(!isAmid)
        let ping = bytes("*1\r\n$4\r\nPING\r\n")
        outcome = parser.next(ping.span.raw, limits: .default, appendingTo: &ranges)
        #expect(outcome == .request(length: ping.count))
        #expect(ranges == [ArgumentRange(offset: 8, length: 4)])
    }

    @Test func rangesGoBehindThoseThere() {
        let ping = bytes("*1\r\n$4\r\nPING\r\n")
        let before = ArgumentRange(offset: 7, length: 7)
        for cut in 0...ping.count {
            var parser = RequestParser()
            var ranges = [before]
            let part = ping.span.raw.extracting(0..<cut)
            if parser.next(part, limits: .default, appendingTo: &ranges) == .incomplete {
                #expect(ranges == [before])
                _ = parser.next(ping.span.raw, limits: .default, appendingTo: &ranges)
            }
            #expect(ranges == [before, ArgumentRange(offset: 8, length: 4)])
        }
    }
}
