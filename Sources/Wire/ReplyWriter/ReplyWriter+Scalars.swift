// The kinds of value that RESP3 has and RESP2 spells as bulks or integers.

extension ReplyWriter {
    /// A floating-point number with 17 significant digits; in RESP2 a bulk.
    public mutating func double(_ value: Double) {
        var text = ByteBuffer()
        FloatText.append(value, to: &text)
        if version == .v2 {
            bulk(text.bytes)
        } else {
            buffer.append(UInt8(ascii: ","))
            buffer.append(text.bytes)
            buffer.append("\r\n")
        }
    }

    /// True or false; in RESP2 1 or 0.
    public mutating func boolean(_ value: Bool) {
        if version == .v2 {
            integer(value ? 1 : 0)
        } else {
            buffer.append(value ? "#t\r\n" : "#f\r\n")
        }
    }

    /// Text to be shown as it is; `format` is three letters, `txt` or `mkd`. In RESP2 a bulk without the format.
    public mutating func verbatim(_ text: String, format: StaticString = "txt") {
        verbatim(text.utf8.span.raw, format: format)
    }

    /// Text to be shown as it is; `format` is three letters, `txt` or `mkd`. In RESP2 a bulk without the format.
    public mutating func verbatim(_ text: RawSpan, format: StaticString = "txt") {
        precondition(format.utf8CodeUnitCount == 3, "a verbatim format has three letters")
        if version == .v2 { return bulk(text) }
        header(UInt8(ascii: "="), text.byteCount + 4)
        buffer.append(format)
        buffer.append(UInt8(ascii: ":"))
        buffer.append(text)
        buffer.append("\r\n")
    }

    /// An integer of any size, as decimal text; in RESP2 a bulk.
    public mutating func bigNumber(_ digits: RawSpan) {
        if version == .v2 { return bulk(digits) }
        buffer.append(UInt8(ascii: "("))
        buffer.append(digits)
        buffer.append("\r\n")
    }

    /// An integer of any size, as decimal text; in RESP2 a bulk.
    public mutating func bigNumber(_ digits: String) { bigNumber(digits.utf8.span.raw) }
}
