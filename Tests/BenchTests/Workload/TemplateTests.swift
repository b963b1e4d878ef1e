import Testing
import Wire

@testable import Bench

@Suite struct TemplateTests {
    private func shapes(_ options: BenchOptions) throws -> Shapes {
        let keys = try KeyShape(
            prefix: options.keyPrefix, size: options.keySize, keys: options.keys,
            memcached: options.wire == .memcached)
        return Shapes(keys: keys, counters: keys.counters, fixedValue: Array("vvv".utf8))
    }

    /// The text of a template, its places empty.
    private func text(_ template: borrowing RequestTemplate) -> String {
        String(decoding: template.text.bytes.copied(), as: UTF8.self)
    }

    @Test(arguments: [
        (CommandKind.get, "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000000\r\n"),
        (.set, "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$3\r\nvvv\r\n"),
        (.setex, "*4\r\n$5\r\nSETEX\r\n$16\r\nkey:000000000000\r\n$2\r\n10\r\n$3\r\nvvv\r\n"),
        (.incr, "*2\r\n$4\r\nINCR\r\n$16\r\nkey:n00000000000\r\n"),
        (.del, "*2\r\n$3\r\nDEL\r\n$16\r\nkey:000000000000\r\n"),
    ])
    func commandsInRESP(kind: CommandKind, expected: String) throws {
        let options = BenchOptions()
        let made = text(RequestTemplate.make(kind, options, try shapes(options)))
        #expect(made == expected)
    }

    @Test(arguments: [
        (CommandKind.get, "get key:000000000000\r\n"),
        (.mget, "get key:000000000000 key:000000000000\r\n"),
        (.set, "set key:000000000000 0 0 3\r\nvvv\r\n"),
        (.setex, "set key:000000000000 0 10 3\r\nvvv\r\n"),
        (.incr, "incr key:n00000000000 1\r\n"),
        (.del, "delete key:000000000000\r\n"),
    ])
    func commandsInMemcachedsText(kind: CommandKind, expected: String) throws {
        var options = BenchOptions()
        options.wire = .memcached
        options.mgetKeys = 2
        let made = text(RequestTemplate.make(kind, options, try shapes(options)))
        #expect(made == expected)
    }

    @Test func wordsOfOnesOwn() throws {
        let options = BenchOptions()
        let command = try CommandText(parsing: "3:SET __key__:a__key__ __value__ EX 10")
        #expect(command.weight == 3)
        let template = try RequestTemplate.make(command, try shapes(options))
        #expect(template.name == "SET")
        let made = text(template)
        #expect(
            made == "*5\r\n$3\r\nSET\r\n$34\r\nkey:000000000000:akey:000000000000\r\n$3\r\nvvv\r\n"
                + "$2\r\nEX\r\n$2\r\n10\r\n")
        #expect(template.pieces.count { $0.keyEnd > 0 } == 2)
    }

    @Test func aValueWithinAWordIsRefused() throws {
        let command = try CommandText(parsing: "SET k x__value__")
        #expect(throws: OptionError.self) {
            _ = try RequestTemplate.make(command, try shapes(BenchOptions())).name
        }
    }

    @Test(arguments: [
        (0 as UInt64, 12, "000000000000"), (7, 12, "000000000007"), (123_456_789_012, 12, "123456789012"),
        (99_999_999, 8, "99999999"), (42, 3, "042"), (0, 1, "0"), (4_294_967_295, 10, "4294967295"),
        (5, 20, "00000000000000000005"),
    ])
    func digitsOfAKey(number: UInt64, width: Int, expected: String) {
        var buffer = ByteBuffer()
        buffer.append("<")
        buffer.append(UInt8(ascii: "0"), repeating: width)
        buffer.append(">")
        buffer.writeKey(number, width: width, endingAt: width + 1)
        #expect(String(decoding: buffer.bytes.copied(), as: UTF8.self) == "<\(expected)>")
    }

    @Test func theSlotIsThatOfTheWholeKey() throws {
        let options = BenchOptions()
        var set = TemplateSet()
        set.append(RequestTemplate.make(.get, options, try shapes(options)))
        var scratch = ByteBuffer()
        for number: UInt64 in [0, 1, 99_999] {
            let digits = String(number)
            let key = "key:" + String(repeating: "0", count: 12 - digits.count) + digits
            #expect(set.slot(of: set.entries[0], key: number, &scratch) == Slot.of(key: key.utf8.span.raw))
        }
    }

    @Test func keysThatDoNotFitAreRefused() {
        #expect(throws: OptionError.self) {
            try KeyShape(prefix: "key:", size: 8, keys: 100_000, memcached: false)
        }
        #expect(throws: OptionError.self) {
            try KeyShape(prefix: "a b", size: nil, keys: 10, memcached: true)
        }
        #expect(throws: OptionError.self) { try KeyShape(prefix: "k", size: 251, keys: 10, memcached: true) }
        #expect((try? KeyShape(prefix: "key:", size: 9, keys: 100_000, memcached: false))?.width == 5)
    }

    @Test func countersHaveKeysOfTheirOwn() throws {
        let shape = try KeyShape(prefix: "key:", size: nil, keys: 10, memcached: false)
        #expect(shape.counters.blank == Array("key:n00000000000".utf8))
        let narrow = try KeyShape(prefix: "k", size: 2, keys: 10, memcached: false)
        #expect(narrow.counters.blank == Array("kn0".utf8))
    }
}
