import Testing
import Wire

@Suite struct InlineSplitterTests {
    private func split(_ line: [UInt8]) -> [[UInt8]]? { InlineSplitter.split(line.span.raw) }

    private func words(_ line: String) -> [String]? {
        split(bytes(line))?.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func blanksSeparate() {
        #expect(words("") == [])
        #expect(words(" \t\r\n\u{0B}\u{0C} ") == [])
        #expect(words("maxmemory 100mb") == ["maxmemory", "100mb"])
        #expect(words("  a  b\tc  ") == ["a", "b", "c"])
        #expect(words("a\u{0B}b \u{0C}c") == ["a\u{0B}b", "c"])
    }

    @Test func quotes() {
        #expect(words("requirepass \"\"") == ["requirepass", ""])
        #expect(words("'' \"\" x") == ["", "", "x"])
        #expect(words("a\"b c\"") == ["ab c"])
        #expect(words("a'b c' d") == ["ab c", "d"])
        #expect(words(#"'it\'s' '\n' '\\ '"#) == ["it's", #"\n"#, #"\\ "#])
        // The second backslash takes the quote with it.
        #expect(words(#"'\\'"#) == nil)
        #expect(words(#""\"\\\n\r\t\b\a\z""#) == ["\"\\\n\r\t\u{08}\u{07}z"])
        #expect(words(#""'" '"'"#) == ["'", "\""])
        #expect(words(#"a\ b"#) == [#"a\"#, "b"])
    }

    @Test func hexadecimal() {
        #expect(split(bytes(#""\x00\xff\xAb""#)) == [[0x00, 0xFF, 0xAB]])
        #expect(words(#""\x4" "\xg1" "\x1g" "\x""#) == ["x4", "xg1", "x1g", "x"])
        #expect(words(#"'\x41'"#) == [#"\x41"#])
    }

    @Test(arguments: [
        "\"", "'", "\"a", "'a", #""a\""#, #"'a\'"#, "\"a\"b", "'a'b", "\"a\"'b'", #""a\"#, "a \"b",
    ])
    func unbalanced(_ line: String) {
        #expect(words(line) == nil)
    }

    @Test func aZeroByteEndsTheLine() {
        #expect(split([0x61, 0, 0x62]) == [[0x61]])
        #expect(split([0x22, 0x61, 0x22, 0, 0x62]) == [[0x61]])
        #expect(split([0x22, 0x61, 0, 0x22]) == nil)
        #expect(split([0x27, 0x61, 0, 0x27]) == nil)
        #expect(split([0x22, 0x5C, 0, 0x22]) == nil)
    }
}
