import Testing
import Wire

// The expectations are what KEYS and CONFIG GET of redis-server 7.0.15 do.

@Suite struct GlobTests {
    private func matches(_ pattern: [UInt8], _ text: [UInt8], ignoringCase: Bool = false) -> Bool {
        Glob.matches(pattern: pattern.span.raw, text: text.span.raw, ignoringCase: ignoringCase)
    }

    private func matches(_ pattern: String, _ text: String, ignoringCase: Bool = false) -> Bool {
        matches(bytes(pattern), bytes(text), ignoringCase: ignoringCase)
    }

    private static let hits: [(String, String)] = [
        ("", ""), ("*", "a"), ("**", "abc"), ("a*", "a"), ("a**", "a"), ("*a", "a"), ("a*c", "abbbc"),
        ("a*c", "ac"),
        ("h?llo", "hello"), ("h*llo", "heeeello"), ("h[ae]llo", "hallo"), ("h[^e]llo", "hallo"),
        ("h[a-b]llo", "hbllo"), ("[b-a]", "a"), ("[a-]", "a"), ("[a-]", "]"), ("[a-]", "`"), ("[-a]", "-"),
        ("\\*", "*"), ("\\a", "a"), ("\\", "\\"), ("a\\", "a\\"), ("[\\]]", "]"), ("[\\-a]", "-"),
        ("[a\\]b]", "b"),
        ("[abc", "c"), ("[^", "x"), ("[^]", "x"), ("[^a", "b"), ("[a\\", "\\"),
        ("*[0-9]*", "ab5"), ("foo*bar*baz", "foo-bar-bar-baz"), ("*?", "x"), ("?*", "x"), ("*\\?", "x?"),
    ]

    @Test func hitsAndMisses() {
        for (pattern, text) in Self.hits {
            #expect(matches(pattern, text), "\(pattern) should match \(text)")
        }
        for (pattern, text) in [
            ("*", ""), ("**", ""), ("a", ""), ("", "a"), ("a", "b"), ("a*c", "abcd"), ("h?llo", "hllo"),
            ("h[ae]llo", "hillo"), ("h[^e]llo", "hello"), ("[", "a"), ("[", "["), ("[]", "]"), ("[]", "a"),
            ("[^a]", "a"), ("a?", "a"), ("\\*", "a"), ("[abc", "d"), ("*b", "a"), ("[]x]", "x]"), ("A", "a"),
        ] {
            #expect(!matches(pattern, text), "\(pattern) should not match \(text)")
        }
    }

    @Test func foldsCase() {
        #expect(matches("MaX*", "maxmemory", ignoringCase: true))
        #expect(matches("[A-C]x", "bX", ignoringCase: true))
        #expect(matches("[ABC]", "b", ignoringCase: true))
        #expect(matches("\\A", "a", ignoringCase: true))
        #expect(!matches("[\\A]", "a", ignoringCase: true), "an escaped byte in a class is compared as it is")
        // The ends change places before they are folded: "_" to "a" is left.
        #expect(matches("[_-A]", "`", ignoringCase: true) == false)
    }

    @Test func bytesOfRangesAreSigned() {
        let range: [UInt8] = [0x5B, 0x61, 0x2D, 0xFF, 0x5D]  // [a-\xff]: -1 to 97
        #expect(matches(range, [0x20]))
        #expect(matches(range, [0xFF]))
        #expect(!matches(range, [0x62]))
        #expect(!matches(range, [0x80]))
        #expect(matches([0x5B, 0x80, 0x2D, 0xFF, 0x5D], [0xC3]))
    }

    /// The same rules, tried out in every way there is.
    private func model(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let byte = text.first else { return pattern.isEmpty }
        guard let first = pattern.first else { return false }
        let behind = text.dropFirst()
        func goOn(_ rest: ArraySlice<UInt8>) -> Bool {
            behind.isEmpty ? rest.allSatisfy { $0 == UInt8(ascii: "*") } : model(rest, behind)
        }
        switch first {
        case UInt8(ascii: "*"):
            let rest = pattern.drop { $0 == UInt8(ascii: "*") }
            if rest.isEmpty { return true }
            return text.indices.contains { model(rest, text[$0...]) }
        case UInt8(ascii: "?"): return goOn(pattern.dropFirst())
        case UInt8(ascii: "["):
            var rest = pattern.dropFirst()
            let isNegated = rest.first == UInt8(ascii: "^")
            if isNegated { rest = rest.dropFirst() }
            var fits = false
            while let next = rest.first {
                if next == UInt8(ascii: "\\"), rest.count >= 2 {
                    fits = fits || rest[rest.startIndex + 1] == byte
                    rest = rest.dropFirst(2)
                } else if next == UInt8(ascii: "]") {
                    return fits != isNegated && goOn(rest.dropFirst())
                } else if rest.count >= 3, rest[rest.startIndex + 1] == UInt8(ascii: "-") {
                    let ends = [Int8(bitPattern: next), Int8(bitPattern: rest[rest.startIndex + 2])].sorted()
                    fits = fits || (ends[0]...ends[1]).contains(Int8(bitPattern: byte))
                    rest = rest.dropFirst(3)
                } else {
                    fits = fits || next == byte
                    rest = rest.dropFirst()
                }
            }
            return fits != isNegated && goOn(rest)
        case UInt8(ascii: "\\") where pattern.count >= 2:
            return pattern[pattern.startIndex + 1] == byte && goOn(pattern.dropFirst(2))
        default: return first == byte && goOn(pattern.dropFirst())
        }
    }

    @Test func agreesWithTheModel() {
        let seed = newSeed("Glob")
        var random = SeededGenerator(seed: seed)
        let alphabet = bytes("ab*?[]^-\\c") + [0, 0xFF]
        var hits = 0
        for _ in 0..<20_000 {
            func some(_ letters: [UInt8], _ most: Int) -> [UInt8] {
                (0..<Int.random(in: 0...most, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? 0
                }
            }
            let pattern = some(alphabet, 9)
            let text = some(bytes("abc]-\\") + [0xFF], 6)
            let expected = model(pattern[...], text[...])
            hits += expected ? 1 : 0
            if matches(pattern, text) != expected {
                Issue.record("\(shown(pattern)) on \(shown(text)), seed \(seed)")
            }
        }
        #expect(hits > 500)
    }

    @Test(.timeLimit(.minutes(1))) func bombsAreHarmless() {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 5000)
        #expect(!matches(bytes(String(repeating: "a*", count: 100) + "b"), text))
        #expect(!matches(bytes(String(repeating: "*?", count: 100) + "b"), text))
        #expect(!matches(bytes(String(repeating: "*[^b]", count: 100) + "b"), text))
        #expect(matches(bytes(String(repeating: "*", count: 65536)), text))
        #expect(!matches(bytes("*" + String(repeating: "[b", count: 2000)), Array(text.prefix(2000))))
    }
}
