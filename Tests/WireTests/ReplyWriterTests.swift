import Testing
import Wire

// Compared with what DEBUG PROTOCOL, ZSCORE and errors of redis-server 7.0.15 look like in both dialects.

@Suite struct ReplyWriterTests {
    private func written(_ version: RESPVersion, _ write: (inout ReplyWriter) -> Void) -> String {
        var writer = ReplyWriter(version: version)
        write(&writer)
        return String(decoding: writer.buffer.bytes.copied(), as: UTF8.self)
    }

    private func expect(
        _ two: String, _ three: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ write: (inout ReplyWriter) -> Void
    ) {
        #expect(written(.v2, write) == two, sourceLocation: sourceLocation)
        #expect(written(.v3, write) == three, sourceLocation: sourceLocation)
        // And what was written is one reply.
        for version in [RESPVersion.v2, .v3] {
            var writer = ReplyWriter(version: version)
            write(&writer)
            var parser = ReplyParser()
            let count = writer.buffer.count
            guard case .reply(_, let length) = parser.next(writer.buffer.bytes) else {
                Issue.record("no reply", sourceLocation: sourceLocation)
                continue
            }
            #expect(length == count, sourceLocation: sourceLocation)
        }
    }

    @Test func constants() {
        expect("+OK\r\n", "+OK\r\n") { $0.ok() }
        expect("+PONG\r\n", "+PONG\r\n") { $0.pong() }
        expect("+QUEUED\r\n", "+QUEUED\r\n") { $0.queued() }
        expect("$-1\r\n", "_\r\n") { $0.null() }
        expect("*-1\r\n", "_\r\n") { $0.nullArray() }
        expect("*0\r\n", "*0\r\n") { $0.emptyArray() }
        expect("+Background saving started\r\n", "+Background saving started\r\n") {
            $0.simple("Background saving started")
        }
        expect("+a  b\r\n", "+a  b\r\n") { $0.status("a\r\nb") }
    }

    @Test func integers() {
        for value: Int in [0, 1, 9, 10, 99, 100, 999, 1000, 12345, 99999, 100_000, -1, -99, .max, .min] {
            expect(":\(value)\r\n", ":\(value)\r\n") { $0.integer(value) }
            expect(":\(value)\r\n", ":\(value)\r\n") { $0.integer(Int64(value)) }
            expect("$\("\(value)".utf8.count)\r\n\(value)\r\n", "$\("\(value)".utf8.count)\r\n\(value)\r\n") {
                $0.bulk(integer: Int64(value))
            }
        }
    }

    @Test func errors() {
        expect("-ERR no such key\r\n", "-ERR no such key\r\n") { $0.error("ERR no such key" as StaticString) }
        let text = "ERR unknown command 'a\r\nb'\r\n"
        expect("-ERR unknown command 'a  b'\r\n", "-ERR unknown command 'a  b'\r\n") { $0.error(text) }
        expect("-\r\n", "-\r\n") { $0.error(String("\r\n\n")) }
        expect("-ERR Protocol error: invalid bulk length\r\n", "-ERR Protocol error: invalid bulk length\r\n")
        {
            $0.error(ProtocolError.invalidBulkLength)
        }
        expect(
            "-ERR Protocol error: expected '$', got ' '\r\n", "-ERR Protocol error: expected '$', got ' '\r\n"
        ) {
            $0.error(ProtocolError.expectedDollar(got: 0x0D))
        }
        var writer = ReplyWriter()
        writer.error(ProtocolError.expectedDollar(got: 0xFF))
        #expect(
            writer.buffer.bytes.copied() == bytes("-ERR Protocol error: expected '$', got '") + [0xFF]
                + bytes("'\r\n"))
    }

    @Test(arguments: [
        (ProtocolError.invalidMultibulkLength, "invalid multibulk length"),
        (.unauthenticatedMultibulkLength, "unauthenticated multibulk length"),
        (.invalidBulkLength, "invalid bulk length"),
        (.unauthenticatedBulkLength, "unauthenticated bulk length"),
        (.expectedDollar(got: UInt8(ascii: "P")), "expected '$', got 'P'"),
        (.tooBigMultibulkCount, "too big mbulk count string"),
        (.tooBigBulkCount, "too big bulk count string"),
        (.tooBigInlineRequest, "too big inline request"), (.unbalancedQuotes, "unbalanced quotes in request"),
    ])
    func protocolErrors(_ error: ProtocolError, _ text: String) {
        expect("-ERR Protocol error: \(text)\r\n", "-ERR Protocol error: \(text)\r\n") { $0.error(error) }
    }

    @Test func bulks() {
        for length in [0, 1, 9, 10, 99, 100, 1000, 99_999, 100_000, 1_234_567] {
            let text = String(repeating: "v", count: length)
            expect("$\(length)\r\n\(text)\r\n", "$\(length)\r\n\(text)\r\n") { $0.bulk(text) }
            expect("$\(length)\r\n\(text)\r\n", "$\(length)\r\n\(text)\r\n") { $0.bulk(text.utf8.span.raw) }
        }
        expect("$5\r\nredis\r\n", "$5\r\nredis\r\n") { $0.bulk("redis" as StaticString) }
    }

    @Test func aggregates() {
        expect("*2\r\n:1\r\n:2\r\n", "*2\r\n:1\r\n:2\r\n") {
            $0.array(2)
            $0.integer(1)
            $0.integer(2)
        }
        expect("*4\r\n:0\r\n:0\r\n:1\r\n:1\r\n", "%2\r\n:0\r\n#f\r\n:1\r\n#t\r\n") {
            $0.map(2)
            $0.integer(0)
            $0.boolean(false)
            $0.integer(1)
            $0.boolean(true)
        }
        expect("*1\r\n$-1\r\n", "~1\r\n_\r\n") {
            $0.set(1)
            $0.null()
        }
        expect("*1\r\n+OK\r\n", ">1\r\n+OK\r\n") {
            $0.push(1)
            $0.ok()
        }
        #expect(
            written(.v3) {
                $0.attribute(1)
                $0.integer(1)
                $0.integer(2)
                $0.ok()
            } == "|1\r\n:1\r\n:2\r\n+OK\r\n")
    }

    @Test func scalars() {
        expect("$5\r\n3.141\r\n", ",3.141\r\n") { $0.double(3.141) }
        expect("$19\r\n0.10000000000000001\r\n", ",0.10000000000000001\r\n") { $0.double(0.1) }
        expect("$3\r\ninf\r\n", ",inf\r\n") { $0.double(.infinity) }
        expect("$4\r\n-inf\r\n", ",-inf\r\n") { $0.double(-.infinity) }
        expect("$3\r\nnan\r\n", ",nan\r\n") { $0.double(.nan) }
        expect("$5\r\n1e+17\r\n", ",1e+17\r\n") { $0.double(1e17) }
        expect("$4\r\ntext\r\n", "=8\r\ntxt:text\r\n") { $0.verbatim("text") }
        expect("$1\r\n#\r\n", "=5\r\nmkd:#\r\n") { $0.verbatim("#", format: "mkd") }
        expect("$3\r\n-12\r\n", "(-12\r\n") { $0.bigNumber("-12") }
    }

    @Test func countedAfterwards() {
        expect("*2\r\n*0\r\n*2\r\n:1\r\n:2\r\n", "*2\r\n*0\r\n*2\r\n:1\r\n:2\r\n") {
            let outer = $0.place()
            $0.emptyArray()
            let inner = $0.place()
            $0.integer(1)
            let last = $0.place()
            $0.integer(3)
            $0.discard(from: last)
            $0.integer(2)
            $0.makeArray(of: 2, from: inner)
            $0.makeArray(of: 2, from: outer)
        }
        expect("*2\r\n:1\r\n*1\r\n:2\r\n", "%1\r\n:1\r\n~1\r\n:2\r\n") {
            let map = $0.place()
            $0.integer(1)
            let set = $0.place()
            $0.integer(2)
            $0.makeSet(of: 1, from: set)
            $0.makeMap(of: 1, from: map)
        }
    }

    @Test func writesBehindWhatIsThere() {
        var writer = ReplyWriter(buffer: ByteBuffer("+a\r\n".utf8.span.raw), version: .v3)
        writer.raw("+b\r\n".utf8.span.raw)
        writer.null()
        #expect(writer.buffer.bytes.copied() == bytes("+a\r\n+b\r\n_\r\n"))
    }
}
