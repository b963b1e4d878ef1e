import Wire

extension ReplyWriter {
    /// An error that repeats a word of the client's, up to its first zero byte.
    mutating func error(_ before: StaticString, quoting word: RawSpan, _ after: StaticString) {
        var text = ByteBuffer()
        text.append(before)
        var end = 0
        while end < word.byteCount, word.byte(at: end) != 0 { end += 1 }
        text.append(word.extracting(0..<end))
        text.append(after)
        error(text.bytes)
    }

    /// The answer to options that make no sense.
    mutating func syntaxError() { error("ERR syntax error") }
}

extension RawSpan {
    /// Whether these bytes are exactly `word`, which is in lower case.
    func spellsExactly(_ word: StaticString) -> Bool {
        guard spells(word) else { return false }
        for index in 0..<byteCount where 0x41...0x5A ~= byte(at: index) { return false }
        return true
    }
}
