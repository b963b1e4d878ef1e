public import Wire

/// A running sum over the bytes of an increment of the append-only file: the CRC-64 of snapshot files, from a beginning of
/// its own. It finds every change within eight bytes in a row, so each changed byte or word.
///
/// Redis's format has no checksum, but its loader skips lines that begin with `#`. After each batch of records we write
/// one that holds the sum of everything before it in the file:
///
///     *3 … SET …  *2 … INCR …  #CHECK:0123456789abcdef CR LF
public struct LogChecksum: Equatable, Sendable {
    // Not zero, from where bytes of zero would not change it.
    private var sum = CRC64(value: 0x9E37_79B9_7F4A_7C15)

    /// The sum of no bytes.
    public init() {}

    /// Goes on with more bytes; where a sequence is cut makes no difference.
    public mutating func add(_ bytes: RawSpan) { sum.add(bytes) }

    /// The sum so far.
    public var value: UInt64 { sum.value }
}

/// The lines between the records of an increment.
public enum LogAnnotation {
    /// `#CHECK:` and what follows.
    public static let checkMark: StaticString = "#CHECK:"
    /// Bytes of a whole line with a sum.
    public static let checkLength = 25

    /// Appends the line that holds a sum.
    public static func appendCheck(_ sum: UInt64, to buffer: inout ByteBuffer) {
        buffer.append(checkMark)
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: sum >> shift) & 15
            buffer.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        buffer.append("\r\n")
    }

    /// The sum that a line of `checkLength` bytes holds; nil if it is another line.
    public static func sum(in line: RawSpan) -> UInt64? {
        guard line.byteCount == checkLength, isCheck(line) else { return nil }
        var sum: UInt64 = 0
        for index in 7..<23 {
            guard let digit = digit(line.byte(at: index)) else { return nil }
            sum = sum << 4 | digit
        }
        return line.byte(at: 23) == 0x0D && line.byte(at: 24) == 0x0A ? sum : nil
    }

    /// Whether a line begins as one with a sum does.
    public static func isCheck(_ line: RawSpan) -> Bool {
        line.byteCount >= 7 && line.extracting(0..<7).spells("#check:")
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
