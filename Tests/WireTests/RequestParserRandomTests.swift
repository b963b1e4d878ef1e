import Testing
import Wire

@Suite struct RequestParserRandomTests {
    /// A stream of good requests, of both forms.
    private func stream(_ random: inout SeededGenerator) -> (bytes: [UInt8], requests: [Found]) {
        var stream: [UInt8] = []
        var requests: [Found] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let words = (0..<Int.random(in: 1...5, using: &random)).map { _ in word(&random) }
            if Bool.random(using: &random) {
                stream += bytes("*\(words.count)\r\n")
                for word in words { stream += bytes("$\(word.count)\r\n") + word + bytes("\r\n") }
            } else {
                for word in words { stream += quoted(word, &random) + bytes(" ") }
                stream += bytes(Bool.random(using: &random) ? "\r\n" : "\n")
            }
            requests.append(.request(words))
        }
        return (stream, requests)
    }

    private func word(_ random: inout SeededGenerator) -> [UInt8] {
        let longest = Int.random(in: 0...40, using: &random) == 0 ? 1500 : 12
        let isText = Bool.random(using: &random)
        return (0..<Int.random(in: 0...longest, using: &random)).map { _ in
            isText ? UInt8.random(in: 0x61...0x7A, using: &random) : UInt8.random(in: 0...255, using: &random)
        }
    }

    private func quoted(_ word: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var text = bytes("\"")
        for byte in word {
            let isPlain =
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            if isPlain, Bool.random(using: &random) {
                text.append(byte)
            } else {
                let hex = String(byte, radix: 16, uppercase: Bool.random(using: &random))
                text += bytes("\\x" + (hex.utf8.count == 1 ? "0" : "") + hex)
            }
        }
        return text + bytes("\"")
    }

    @Test func goodStreams() {
        let seed = newSeed("RequestParser good streams")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let (stream, requests) = stream(&random)
            #expect(feedEveryWay(stream).found == requests, "seed \(seed)")
        }
    }

    @Test func mutatedStreams() {
        let seed = newSeed("RequestParser mutated streams")
        var random = SeededGenerator(seed: seed)
        let spice = bytes("*$\r\n \"'\\x0123456789-+:") + [0, 0xFF]
        for _ in 0..<60 {
            var (stream, _) = stream(&random)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !stream.isEmpty {
                let at = Int.random(in: 0..<stream.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: stream[at] = spice.randomElement(using: &random) ?? 0
                case 1: stream.remove(at: at)
                case 2: stream.insert(spice.randomElement(using: &random) ?? 0, at: at)
                default: stream.removeSubrange(at...)
                }
            }
            // Whatever it means by now, it means the same however it is cut.
            feedEveryWay(stream)
        }
    }

    @Test func streamsInManyPieces() {
        let seed = newSeed("RequestParser streams in many pieces")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let (stream, requests) = stream(&random)
            var pieces: [ArraySlice<UInt8>] = []
            var at = 0
            while at < stream.count {
                let end = min(stream.count, at + Int.random(in: 1...30, using: &random))
                pieces.append(stream[at..<end])
                at = end
            }
            #expect(FeedResult(pieces, limits: .default).found == requests, "seed \(seed)")
        }
    }
}
