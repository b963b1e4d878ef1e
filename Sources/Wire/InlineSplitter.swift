/// Splits a line into words, as inline requests and configuration files are written.
///
/// Words stand between blanks. A word may hold quoted parts:
///
///     "..."   escapes \n \r \t \b \a \xHH; a backslash before any other byte means that byte
///     '...'   only \' is an escape
///
/// A closing quote must be followed by a blank or the end. A zero byte ends the line.
public enum InlineSplitter {
    /// The words of `line`, or nil if a quote is not closed properly.
    public static func split(_ line: RawSpan) -> [[UInt8]]? {
        var text = ByteBuffer()
        var ranges: [ArgumentRange] = []
        guard split(line, into: &text, ranges: &ranges) else { return nil }
        let words = Arguments(bytes: text.bytes, ranges: ranges.span)
        var result: [[UInt8]] = []
        for index in 0..<words.count { result.append(words[index].copied()) }
        return result
    }

    /// Appends the unquoted words of `line` to `text`, back to back, and where each lies to `ranges`.
    ///
    /// Returns false if a quote is not closed properly; then `text` and `ranges` hold words to be ignored.
    public static func split(
        _ line: RawSpan, into text: inout ByteBuffer, ranges: inout [ArgumentRange]
    ) -> Bool {
        var at = 0
        while true {
            while at < line.byteCount, isBlank(line.byte(at: at)) { at += 1 }
            if at == line.byteCount || line.byte(at: at) == 0 { return true }
            let start = text.count
            guard let end = word(line, from: at, into: &text) else { return false }
            at = end
            ranges.append(
                ArgumentRange(
                    offset: UInt32(truncatingIfNeeded: start),
                    length: UInt32(truncatingIfNeeded: text.count - start)))
        }
    }

    /// Appends the word that starts at `start`; returns where it ends, or nil if a quote is not closed properly.
    private static func word(_ line: RawSpan, from start: Int, into text: inout ByteBuffer) -> Int? {
        var at = start
        while at < line.byteCount {
            let byte = line.byte(at: at)
            switch byte {
            // Fewer bytes end a word than may stand between words: VT and FF belong to the word.
            case 0, UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                return at
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let closed = byte == UInt8(ascii: "'") ? single(line, &at, &text) : double(line, &at, &text)
                return closed && (at == line.byteCount || endsQuote(line.byte(at: at))) ? at : nil
            default:
                text.append(byte)
                at += 1
            }
        }
        return at
    }

    /// Appends what stands between single quotes; leaves `at` behind the closing one.
    private static func single(_ line: RawSpan, _ at: inout Int, _ text: inout ByteBuffer) -> Bool {
        at += 1
        while at < line.byteCount {
            var byte = line.byte(at: at)
            at += 1
            if byte == UInt8(ascii: "'") { return true }
            if byte == 0 { return false }
            if byte == UInt8(ascii: "\\"), at < line.byteCount, line.byte(at: at) == UInt8(ascii: "'") {
                byte = UInt8(ascii: "'")
                at += 1
            }
            text.append(byte)
        }
        return false
    }

    /// Appends what stands between double quotes; leaves `at` behind the closing one.
    private static func double(_ line: RawSpan, _ at: inout Int, _ text: inout ByteBuffer) -> Bool {
        at += 1
        while at < line.byteCount {
            var byte = line.byte(at: at)
            at += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == 0 { return false }
            if byte == UInt8(ascii: "\\"), at < line.byteCount, line.byte(at: at) != 0 {
                byte = escaped(line, &at)
            }
            text.append(byte)
        }
        return false
    }

    /// The byte meant by the escape whose backslash stands before `at`; leaves `at` behind it.
    private static func escaped(_ line: RawSpan, _ at: inout Int) -> UInt8 {
        let byte = line.byte(at: at)
        at += 1
        switch byte {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "a"): return 0x07
        case UInt8(ascii: "x"):
            // Without two hex digits behind it, \x is an ordinary x.
            guard at + 1 < line.byteCount, let high = hex(line.byte(at: at)),
                let low = hex(line.byte(at: at + 1))
            else { return byte }
            at += 2
            return high << 4 | low
        default: return byte
        }
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    private static func endsQuote(_ byte: UInt8) -> Bool { isBlank(byte) || byte == 0 }
}
