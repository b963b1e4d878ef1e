/// Integers as decimal text, exactly as strict as redis-server: what this accepts it would also write.
///
/// An optional minus and digits; no plus, no leading zero, no blank, no `-0`, nothing beyond 64 bits.
public enum Decimal {
    /// The integer that `text` spells, if it spells one in its only accepted form.
    public static func parse(_ text: RawSpan) -> Int64? {
        let count = text.byteCount
        guard count > 0, count <= 20 else { return nil }
        let isNegative = text.byte(at: 0) == UInt8(ascii: "-")
        guard let magnitude = digits(text, from: isNegative ? 1 : 0) else { return nil }
        if isNegative {
            guard magnitude > 0, magnitude <= Int64.min.magnitude else { return nil }
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        return Int64(exactly: magnitude)
    }

    /// The unsigned integer that `text` spells, in the same strict form.
    public static func parseUnsigned(_ text: RawSpan) -> UInt64? {
        guard text.byteCount > 0, text.byteCount <= 20 else { return nil }
        return digits(text, from: 0)
    }

    /// The value of the digits from `start` to the end; nil if there are none, too many, others, or a leading zero.
    private static func digits(_ text: RawSpan, from start: Int) -> UInt64? {
        guard start < text.byteCount else { return nil }
        let first = text.byte(at: start) &- 0x30
        guard first <= 9, first > 0 || start + 1 == text.byteCount else { return nil }
        var value = UInt64(first)
        var at = start + 1
        // Nineteen digits always fit; only a twentieth can overflow.
        let safe = min(text.byteCount, start + 19)
        while at < safe {
            let digit = text.byte(at: at) &- 0x30
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ UInt64(digit)
            at &+= 1
        }
        while at < text.byteCount {
            let digit = text.byte(at: at) &- 0x30
            let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = tens.addingReportingOverflow(UInt64(digit))
            guard digit <= 9, !overflowed, !overflowedToo else { return nil }
            value = sum
            at &+= 1
        }
        return value
    }

    /// Appends `value` as text.
    public static func append(_ value: Int64, to buffer: inout ByteBuffer) {
        if value < 0 { buffer.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &buffer)
    }

    /// Appends `value` as text.
    public static func append(_ value: UInt64, to buffer: inout ByteBuffer) {
        if value < 100_000_000 { return appendShort(value, to: &buffer) }
        let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
        if high < 100_000_000 {
            appendShort(high, to: &buffer)
        } else {
            let (top, middle) = high.quotientAndRemainder(dividingBy: 100_000_000)
            appendShort(top, to: &buffer)
            buffer.append(word: eightDigits(middle), length: 8)
        }
        buffer.append(word: eightDigits(low), length: 8)
    }

    /// Bytes that `value` takes as text.
    public static func length(_ value: Int64) -> Int {
        var count = value < 0 ? 2 : 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    /// Appends a value below 10^8 without leading zeros.
    @inline(__always)
    private static func appendShort(_ value: UInt64, to buffer: inout ByteBuffer) {
        let (word, length) = shortText(value)
        buffer.append(word: word, length: length)
    }

    /// The text of a value below 10^8, first digit in the lowest byte, and how many bytes it takes.
    @inlinable @inline(__always)
    static func shortText(_ value: UInt64) -> (word: UInt64, length: Int) {
        if value < 10 { return (0x30 &+ value, 1) }
        if value < 100 {
            let tens = value / 10
            return (0x3030 &+ tens &+ (value &- tens &* 10) << 8, 2)
        }
        let all = eightDigits(value)
        // Leading zeros are the low bytes; one digit at least remains since value >= 100.
        let zeros = (all ^ 0x3030_3030_3030_3030).trailingZeroBitCount / 8
        return (all >> UInt64(8 &* zeros), 8 &- zeros)
    }

    /// The eight digits of a value below 10^8, the first in the lowest byte.
    ///
    /// Divides in halves, side by side in one register: 8 digits into 4 + 4, those into 2 + 2, those into 1 + 1. A
    /// division by 100 or 10 is a multiplication by a rounded reciprocal, exact in these ranges.
    @inlinable @inline(__always)
    public static func eightDigits(_ value: UInt64) -> UInt64 {
        let high = value / 10_000
        let fours = high | (value &- high &* 10_000) << 32
        let hundreds = ((fours &* 10486) >> 20) & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) << 16
        let tens = ((twos &* 103) >> 10) & 0x000F_000F_000F_000F
        let ones = tens | (twos &- tens &* 10) << 8
        return ones | 0x3030_3030_3030_3030
    }
}
