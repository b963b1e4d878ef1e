import Testing
import Wire

@Suite struct ReplyParserTests {
    /// What a way of feeding led to: the replies' lengths, and why it ended if it did.
    private struct Result: Equatable {
        var lengths: [Int] = []
        var kinds: [ReplyKind] = []
        var error: ReplyError?
    }

    private func feed(_ pieces: [ArraySlice<UInt8>], limits: ReplyParser.Limits = .default) -> Result {
        var parser = ReplyParser(limits: limits)
        var arrived = ByteBuffer()
        var result = Result()
        for piece in pieces {
            arrived.append(piece)
            var consumed = 0
            loop: while consumed < arrived.count {
                switch parser.next(arrived.bytes.from(consumed)) {
                case .reply(let kind, let length):
                    result.lengths.append(length)
                    result.kinds.append(kind)
                    consumed += length
                case .incomplete: break loop
                case .failure(let error):
                    result.error = error
                    return result
                }
            }
            arrived.removePrefix(consumed)
        }
        return result
    }

    /// Whole, drip-fed, glued, and cut at each index.
    private func everyWay(
        _ stream: [UInt8], limits: ReplyParser.Limits = .default,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Result {
        let whole = feed([stream[...]], limits: limits)
        #expect(
            feed(stream.indices.map { stream[$0...$0] }, limits: limits) == whole,
            sourceLocation: sourceLocation)
        for cut in stream.indices {
            let cutInTwo = feed([stream[..<cut], stream[cut...]], limits: limits)
            #expect(cutInTwo == whole, "cut at \(cut) of \(shown(stream))", sourceLocation: sourceLocation)
        }
        let glued = feed([(bytes("+OK\r\n") + stream)[...]], limits: limits)
        #expect(
            glued.lengths == [5] + whole.lengths && glued.error == whole.error, sourceLocation: sourceLocation
        )
        return whole
    }

    private func value(_ text: String) throws -> Reply {
        let stream = bytes(text)
        let result = everyWay(stream)
        #expect(result.lengths == [stream.count] && result.error == nil)
        return try Reply(stream.span.raw)
    }

    @Test func scalars() throws {
        #expect(try value("+OK\r\n") == .status(bytes("OK")))
        #expect(try value("+\r\n") == .status([]))
        #expect(try value("-ERR a\u{0}b\r\n") == .error(bytes("ERR a\u{0}b")))
        #expect(try value(":-12\r\n") == .integer(-12))
        #expect(try value(":+12\r\n") == .integer(12))
        #expect(try value("$5\r\na\r\nbc\r\n") == .bulk(bytes("a\r\nbc")))
        #expect(try value("$0\r\n\r\n") == .bulk([]))
        #expect(try value("$-1\r\n") == .null)
        #expect(try value("*-1\r\n") == .null)
        #expect(try value("_\r\n") == .null)
        #expect(try value("#t\r\n") == .boolean(true))
        #expect(try value("#f\r\n") == .boolean(false))
        #expect(try value(",3.25\r\n") == .double(3.25))
        #expect(try value(",-inf\r\n") == .double(-.infinity))
        guard case .double(let number) = try value(",nan\r\n") else { throw ReplyError.invalidValue }
        #expect(number.isNaN)
        #expect(
            try value("(-123456789012345678901234567890\r\n")
                == .bigNumber(bytes("-123456789012345678901234567890")))
        #expect(try value("!3\r\nERR\r\n") == .error(bytes("ERR")))
        #expect(try value("=8\r\ntxt:text\r\n") == .verbatim(format: bytes("txt"), bytes("text")))
    }

    @Test func aggregates() throws {
        #expect(try value("*0\r\n") == .array([]))
        #expect(try value("%0\r\n") == .map([]))
        #expect(
            try value("*2\r\n:1\r\n*1\r\n$1\r\na\r\n") == .array([.integer(1), .array([.bulk(bytes("a"))])]))
        #expect(try value("*3\r\n*0\r\n*-1\r\n~0\r\n") == .array([.array([]), .null, .set([])]))
        #expect(
            try value("%2\r\n+a\r\n:1\r\n+b\r\n~2\r\n:1\r\n:2\r\n")
                == .map([
                    .init(.status(bytes("a")), .integer(1)),
                    .init(.status(bytes("b")), .set([.integer(1), .integer(2)])),
                ]))
        #expect(
            try value(">2\r\n+message\r\n+x\r\n") == .push([.status(bytes("message")), .status(bytes("x"))]))
        #expect(
            try value("|1\r\n+ttl\r\n:9\r\n*1\r\n|1\r\n:1\r\n:2\r\n:3\r\n")
                == .attributed(
                    [.init(.status(bytes("ttl")), .integer(9))],
                    .array([.attributed([.init(.integer(1), .integer(2))], .integer(3))])))
        #expect(try value("|0\r\n+OK\r\n") == .attributed([], .status(bytes("OK"))))
    }

    @Test func streams() {
        let result = everyWay(
            bytes("+OK\r\n|1\r\n+a\r\n+b\r\n$1\r\na\r\n>1\r\n+x\r\n*1\r\n*1\r\n*0\r\n_\r\n"))
        #expect(result.kinds == [.status, .bulk, .push, .array, .null])
        #expect(result.error == nil)
    }

    @Test(arguments: [
        ("\r\n", ReplyError.unknownKind(0x0D)), ("PING\r\n", .unknownKind(0x50)),
        ("?\r\n", .unknownKind(0x3F)),
        (":\r\n", .invalidValue), (":1a\r\n", .invalidValue), (":+-1\r\n", .invalidValue),
        (":++1\r\n", .invalidValue),
        (":9223372036854775808\r\n", .invalidValue),
        ("#x\r\n", .invalidValue), ("#\r\n", .invalidValue), ("_x\r\n", .invalidValue),
        (",x\r\n", .invalidValue),
        ("(\r\n", .invalidValue), ("(-\r\n", .invalidValue), ("(12a\r\n", .invalidValue),
        ("$-2\r\n", .invalidLength), ("$x\r\n", .invalidLength), ("$?\r\n", .invalidLength),
        ("$9999999999999999999\r\n", .invalidLength), ("$9223372036854775807\r\n", .invalidLength),
        ("*-2\r\n", .invalidLength), ("%-1\r\n", .invalidLength), ("~-1\r\n", .invalidLength),
        ("!-1\r\n", .invalidLength), ("*9223372036854775807\r\n", .invalidLength),
        ("=3\r\ntxt\r\n", .invalidValue), ("=8\r\ntxt.text\r\n", .invalidValue),
        ("+OK\rx", .missingLineEnd), ("$1\r\nab\r\n", .missingLineEnd), ("$1\r\na\rx", .missingLineEnd),
        ("*1\r\n*1\r\nx", .unknownKind(0x78)),
    ])
    func broken(_ stream: String, _ error: ReplyError) {
        let result = everyWay(bytes(stream))
        #expect(result.lengths == [])
        #expect(result.error == error)
        #expect(throws: error) { try Reply(bytes(stream).span.raw) }
    }

    @Test func limits() {
        let limits = ReplyParser.Limits(maxBulkLength: 4, maxCount: 3, maxLineLength: 8, maxDepth: 2)
        func error(_ text: String) -> ReplyError? { everyWay(bytes(text), limits: limits).error }
        #expect(error("$4\r\nabcd\r\n") == nil)
        #expect(error("$5\r\n") == .invalidLength)
        #expect(error("*3\r\n+\r\n+\r\n+\r\n") == nil)
        #expect(error("*4\r\n") == .invalidLength)
        #expect(error("+1234567\r\n") == nil)
        #expect(error("+12345678\r\n") == .tooLongLine)
        #expect(error("*1\r\n*1\r\n+\r\n") == nil)
        #expect(error("*1\r\n*1\r\n*1\r\n") == .tooDeep)
        #expect(error("*1\r\n*1\r\n*0\r\n") == nil)
    }

    @Test func depthIsBounded() {
        let bomb = bytes(String(repeating: "*1\r\n", count: 100_000))
        #expect(feed([bomb[...]]).error == .tooDeep)
    }

    @Test func onlyOneReplyIsAReply() {
        #expect(throws: ReplyError.self) { try Reply(bytes("+OK\r\n+OK\r\n").span.raw) }
        #expect(throws: ReplyError.self) { try Reply(bytes("+OK").span.raw) }
        #expect(throws: ReplyError.self) { try Reply(bytes("").span.raw) }
    }

    @Test func whatIsWrittenIsRead() throws {
        let seed = newSeed("Reply round trips")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            var writer = ReplyWriter(version: .v3)
            let expected = Self.write(&writer, depth: 0, &random)
            let stream = writer.buffer.bytes.copied()
            let reply = try Reply(stream.span.raw)
            #expect(reply == expected, "seed \(seed)")
            if stream.count < 300 {
                let result = everyWay(stream)
                #expect(result.lengths == [stream.count], "seed \(seed)")
            }
        }
    }

    private static func write(_ writer: inout ReplyWriter, depth: Int, _ random: inout SeededGenerator)
        -> Reply
    {
        func some() -> [UInt8] {
            (0..<Int.random(in: 0...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        func list() -> [Reply] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in .null }
        }
        switch Int.random(in: 0..<(depth < 4 ? 12 : 8), using: &random) {
        case 0:
            writer.ok()
            return .status(bytes("OK"))
        case 1:
            let value = Int64(bitPattern: random.next())
            writer.integer(value)
            return .integer(value)
        case 2:
            writer.null()
            return .null
        case 3:
            let value = Double(Int32(truncatingIfNeeded: random.next())) / 1024
            writer.double(value)
            return .double(value)
        case 4:
            let value = Bool.random(using: &random)
            writer.boolean(value)
            return .boolean(value)
        case 5:
            writer.verbatim("some text")
            return .verbatim(format: bytes("txt"), bytes("some text"))
        case 6:
            writer.error("ERR no" as StaticString)
            return .error(bytes("ERR no"))
        case 7:
            let value = some()
            writer.bulk(value.span.raw)
            return .bulk(value)
        case 8:
            let count = list().count
            writer.array(count)
            return .array((0..<count).map { _ in write(&writer, depth: depth + 1, &random) })
        case 9:
            let count = list().count
            writer.set(count)
            return .set((0..<count).map { _ in write(&writer, depth: depth + 1, &random) })
        case 10:
            let count = list().count
            writer.push(count)
            return .push((0..<count).map { _ in write(&writer, depth: depth + 1, &random) })
        default:
            let count = list().count
            writer.map(count)
            return .map(
                (0..<count).map { _ in
                    let key = write(&writer, depth: depth + 1, &random)
                    return .init(key, write(&writer, depth: depth + 1, &random))
                })
        }
    }

    @Test func mutatedStreams() {
        let seed = newSeed("ReplyParser mutated streams")
        var random = SeededGenerator(seed: seed)
        let spice = bytes("*$+-:_#,(!=%~>|\r\n0123456789?") + [0, 0xFF]
        for _ in 0..<300 {
            var writer = ReplyWriter(version: .v3)
            for _ in 0..<3 { _ = Self.write(&writer, depth: 2, &random) }
            var stream = Array(writer.buffer.bytes.copied().prefix(200))
            for _ in 0..<Int.random(in: 1...4, using: &random) where !stream.isEmpty {
                let at = Int.random(in: 0..<stream.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: stream[at] = spice.randomElement(using: &random) ?? 0
                case 1: stream.remove(at: at)
                default: stream.insert(spice.randomElement(using: &random) ?? 0, at: at)
                }
            }
            _ = everyWay(stream)
        }
    }
}
