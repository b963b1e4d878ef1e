#if arch(x86_64)
    /// The widest floating-point number the processor has: 64 bits of significand on x86-64.
    public typealias Extended = Float80
#else
    /// The widest floating-point number the processor has.
    public typealias Extended = Double
#endif

/// Floating-point numbers as text.
///
/// Reading accepts what C's strtod and strtold accept, in full and without a leading blank: decimal and hexadecimal,
/// a leading plus, `inf` and `infinity` in any case. It refuses `nan`, numbers too large to be represented, and
/// numbers so small that nothing but zero remains.
public enum FloatText {
    /// The number that `text` spells.
    public static func parse(_ text: RawSpan) -> Double? {
        guard let text = ascii(text), let value = Double(text), isFaithful(value, text) else { return nil }
        return value
    }

    /// The number that `text` spells, which must be shorter than 5 KiB.
    public static func parseExtended(_ text: RawSpan) -> Extended? {
        guard text.byteCount < 5 * 1024, let text = ascii(text), let value = Extended(text),
            isFaithful(value, text)
        else { return nil }
        return value
    }

    /// `bytes` as text if all are printable ASCII: other bytes are in no number.
    private static func ascii(_ bytes: RawSpan) -> String? {
        guard bytes.byteCount > 0 else { return nil }
        for index in 0..<bytes.byteCount {
            let byte = bytes.byte(at: index)
            guard byte > 0x20, byte < 0x7F else { return nil }
        }
        return String(decoding: bytes.copied(), as: UTF8.self)
    }

    /// Whether an infinity was spelled out and a zero is made of zeros.
    private static func isFaithful(_ value: some BinaryFloatingPoint, _ text: String) -> Bool {
        if value.isNaN { return false }
        // No hexadecimal digit is an n, so only the word can hold one.
        if value.isInfinite { return text.utf8.contains { $0 | 0x20 == UInt8(ascii: "n") } }
        return value != 0 || !holdsNonzeroDigit(text)
    }

    private static func holdsNonzeroDigit(_ text: String) -> Bool {
        let isHex = text.utf8.contains { $0 | 0x20 == UInt8(ascii: "x") }
        let exponent = UInt8(ascii: isHex ? "p" : "e")
        for byte in text.utf8 {
            if byte | 0x20 == exponent { return false }
            switch byte {
            case UInt8(ascii: "1")...UInt8(ascii: "9"): return true
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): return true
            default: continue
            }
        }
        return false
    }
}
