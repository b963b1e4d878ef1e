/// Which dialect a client asked for with HELLO.
public enum RESPVersion: UInt8, Sendable {
    /// Strings, errors, integers, bulks, arrays.
    case v2 = 2
    /// All of that plus maps, sets, pushes, doubles, booleans, verbatim strings, big numbers, null.
    case v3 = 3
}

/// Writes replies, byte for byte as redis-server 7.0 does, in the dialect of `version`.
///
/// Belongs to a connection, or to a core that gathers replies for one. Nothing is checked about how replies
/// nest: after `array(2)` two replies must follow.
public struct ReplyWriter: ~Copyable {
    /// What has been written.
    public var buffer: ByteBuffer
    /// The dialect to write in.
    public var version: RESPVersion

    /// A writer into an empty buffer.
    public init(version: RESPVersion = .v2) {
        self.init(buffer: ByteBuffer(), version: version)
    }

    /// A writer that goes on behind the bytes of `buffer`.
    public init(buffer: consuming ByteBuffer, version: RESPVersion) {
        self.buffer = buffer
        self.version = version
    }

    // MARK: Simple replies

    /// `+OK`
    @inlinable public mutating func ok() { buffer.append(word: 0x0A0D_4B4F_2B, length: 5) }

    /// `+QUEUED`
    public mutating func queued() { buffer.append("+QUEUED\r\n") }

    /// `+PONG`
    @inlinable public mutating func pong() { buffer.append(word: 0x0A_0D47_4E4F_502B, length: 7) }

    /// No value: `$-1` in RESP2, `_` in RESP3.
    @inlinable public mutating func null() {
        if version == .v2 {
            buffer.append(word: 0x0A0D_312D_24, length: 5)
        } else {
            buffer.append(word: 0x0A0D_5F, length: 3)
        }
    }

    /// No array: `*-1` in RESP2, `_` in RESP3.
    @inlinable public mutating func nullArray() {
        if version == .v2 {
            buffer.append(word: 0x0A0D_312D_2A, length: 5)
        } else {
            buffer.append(word: 0x0A0D_5F, length: 3)
        }
    }

    /// An integer.
    @inlinable public mutating func integer(_ value: Int) { header(UInt8(ascii: ":"), value) }

    /// An integer.
    @inlinable public mutating func integer(_ value: Int64) { header(UInt8(ascii: ":"), Int(value)) }

    /// A status without line breaks, such as `OK`.
    public mutating func simple(_ text: StaticString) {
        buffer.append(UInt8(ascii: "+"))
        buffer.append(text)
        endLine()
    }

    /// A status; a line break in it becomes a space.
    public mutating func status(_ text: String) {
        line(UInt8(ascii: "+"), text.utf8.span.raw)
    }

    // MARK: Errors

    /// An error: the code word and the text, without line breaks, such as `ERR no such key`.
    public mutating func error(_ text: StaticString) {
        buffer.append(UInt8(ascii: "-"))
        buffer.append(text)
        endLine()
    }

    /// An error: the code word and the text. Line breaks at its ends are dropped, others become spaces.
    public mutating func error(_ text: String) {
        error(text.utf8.span.raw)
    }

    /// An error of any bytes. Line breaks at its ends are dropped, others become spaces.
    public mutating func error(_ text: RawSpan) {
        var start = 0
        var end = text.byteCount
        while start < end, breaksLine(text.byte(at: start)) { start += 1 }
        while end > start, breaksLine(text.byte(at: end - 1)) { end -= 1 }
        line(UInt8(ascii: "-"), text.extracting(start..<end))
    }

    /// The answer to a broken request.
    public mutating func error(_ failure: ProtocolError) {
        buffer.append("-ERR ")
        failure.appendText(to: &buffer)
        endLine()
    }

    private mutating func line(_ mark: UInt8, _ text: RawSpan) {
        buffer.reserve(text.byteCount + 3)
        buffer.append(mark)
        for index in 0..<text.byteCount {
            let byte = text.byte(at: index)
            buffer.append(breaksLine(byte) ? UInt8(ascii: " ") : byte)
        }
        endLine()
    }

    private func breaksLine(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }

    private mutating func endLine() { buffer.append(word: 0x0A0D, length: 2) }

    // MARK: Bulks

    /// A string of any bytes: one reservation, one copy.
    public mutating func bulk(_ bytes: RawSpan) {
        let length = bytes.byteCount
        if length < 100_000 {
            let (word, size) = headerWord(UInt8(ascii: "$"), UInt64(truncatingIfNeeded: length))
            buffer.append(word: word, length: size, lineBody: bytes)
        } else {
            longHeader(UInt8(ascii: "$"), length)
            buffer.append(word: 0, length: 0, lineBody: bytes)
        }
    }

    /// A string that is a literal.
    public mutating func bulk(_ text: StaticString) {
        header(UInt8(ascii: "$"), text.utf8CodeUnitCount)
        buffer.append(text)
        endLine()
    }

    /// A string that is text.
    public mutating func bulk(_ text: String) { bulk(text.utf8.span.raw) }

    /// An integer as a string.
    public mutating func bulk(integer value: Int64) {
        header(UInt8(ascii: "$"), Decimal.length(value))
        Decimal.append(value, to: &buffer)
        endLine()
    }

    /// Replies written elsewhere, as they are.
    public mutating func raw(_ bytes: RawSpan) { buffer.append(bytes) }

    // MARK: Headers

    /// Writes a mark, an integer and a line end.
    @inlinable mutating func header(_ mark: UInt8, _ value: Int) {
        if value >= 0, value < 100_000 {
            let (word, size) = headerWord(mark, UInt64(truncatingIfNeeded: value))
            buffer.append(word: word, length: size)
        } else {
            longHeader(mark, value)
        }
    }

    /// A mark, up to five digits and CR LF: eight bytes at most, so that the whole line is one store.
    @inlinable @inline(__always)
    func headerWord(_ mark: UInt8, _ value: UInt64) -> (word: UInt64, size: Int) {
        let (digits, count) = Decimal.shortText(value)
        let end = UInt64(truncatingIfNeeded: 8 &* (count &+ 1))
        return (UInt64(mark) | digits << 8 | 0x0A0D << end, count &+ 3)
    }

    @usableFromInline @inline(never)
    mutating func longHeader(_ mark: UInt8, _ value: Int) {
        buffer.append(mark)
        Decimal.append(Int64(value), to: &buffer)
        endLine()
    }
}
