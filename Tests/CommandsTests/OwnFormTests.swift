import Testing
import Wire

@testable import Commands

/// Requests that are copied into the log as they came are in the form that the log gives them, whatever a parser lets pass.
@Suite struct OwnFormTests {
    private func formatted(_ words: [[UInt8]]) -> [UInt8] {
        var writer = ReplyWriter(version: .v2)
        writer.array(words.count)
        for word in words { writer.bulk(word.span.raw) }
        return writer.buffer.bytes.copied()
    }

    /// What the parser makes of the bytes, and how much of them may be copied; nil where it finds no request.
    private func parse(_ bytes: [UInt8]) -> (words: [[UInt8]], own: Int?)? {
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        guard case .request = parser.next(bytes.span.raw, limits: .default, appendingTo: &ranges),
            !ranges.isEmpty
        else { return nil }
        let arguments = Arguments(bytes: bytes.span.raw, ranges: ranges.span)
        var words: [[UInt8]] = []
        for index in 0..<arguments.count { words.append(arguments[index].copied()) }
        return (words, OwnForm.length(of: arguments))
    }

    private func word(_ length: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "x"), count: length) }

    @Test func whatClientsSendIsCopied() throws {
        for lengths in [
            [4], [3, 1, 1], [3, 0, 0], [3, 9, 10], [3, 99, 100], [3, 999, 1], [9, 1, 1, 1, 1, 1, 1, 1, 1],
        ] {
            let request = formatted(lengths.map(word))
            // What the next request brings is none of its business.
            for rest in [[], Array("*1\r\n$4\r\nPING\r\n".utf8)] as [[UInt8]] {
                let parsed = try #require(parse(request + rest))
                #expect(parsed.own == request.count, "\(lengths)")
            }
        }
        #expect(try #require(parse(formatted([word(10), word(1)]))).own == nil)
        #expect(try #require(parse(formatted([word(3), word(1000)]))).own == nil)
        #expect(try #require(parse(formatted((0..<10).map { _ in word(1) }))).own == nil)
    }

    /// Every byte replaced by every other, and bytes put in: what is copied is what would have been written.
    @Test func whatIsCopiedIsWhatWouldBeWritten() {
        let request = formatted([Array("SET".utf8), word(12), Array("12345".utf8)])
        var copied = 0
        var accepted = 0
        func look(_ bytes: [UInt8]) {
            guard let parsed = parse(bytes) else { return }
            accepted += 1
            guard let length = parsed.own else { return }
            copied += 1
            #expect(Array(bytes[..<length]) == formatted(parsed.words), "\(bytes)")
        }
        for index in request.indices {
            for value in 0...UInt8.max {
                var changed = request
                changed[index] = value
                look(changed + request)
            }
            for value in [UInt8(ascii: "0"), UInt8(ascii: "1"), UInt8(ascii: "+"), 0x0D, 0x0A] {
                look(request[..<index] + [value] + request[index...] + request)
            }
        }
        #expect(copied > 1000 && accepted > copied, "some are taken by the parser and not copied")
    }

    @Test func aChoiceOfArgumentsIsNotCopied() {
        let request = formatted([Array("MSET".utf8), word(1), word(2), word(3), word(4)])
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        _ = parser.next(request.span.raw, limits: .default, appendingTo: &ranges)
        for choice in [[0, 1, 2], [0, 3, 4], [0, 3, 4, 1, 2]] {
            let chosen = choice.map { ranges[$0] }
            #expect(OwnForm.length(of: Arguments(bytes: request.span.raw, ranges: chosen.span)) == nil)
        }
    }
}
