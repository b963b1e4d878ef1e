import CShims
import Wire

/// The checksum of snapshot files and DUMP payloads: CRC-64 with Jones's polynomial, reflected, starting from 0.
///
/// Sums of pieces combine (`combine`), so that several cores can each sum what they write or read, in any order.
/// The check value, of "123456789", is E9C6D914C4B8D9CA.
public struct CRC64: Sendable, Equatable {
    /// The sum of the bytes so far.
    public private(set) var value: UInt64

    /// The sum of no bytes.
    public init() { value = 0 }

    /// A sum as it was found somewhere.
    public init(value: UInt64) { self.value = value }

    /// The sum of these bytes.
    public static func of(_ bytes: RawSpan) -> UInt64 {
        var sum = CRC64()
        sum.add(bytes)
        return sum.value
    }

    /// Goes on with more bytes.
    public mutating func add(_ bytes: RawSpan) {
        var offset = fold(bytes)
        let table = CRC64.table.span
        var sum = value
        let count = bytes.byteCount
        while offset &+ 8 <= count {
            sum = CRC64.step(sum, bytes.word(at: offset), table)
            offset &+= 8
        }
        while offset < count {
            let index = UInt8(truncatingIfNeeded: sum) ^ bytes.byte(at: offset)
            sum = table[Int(index)] ^ sum &>> 8
            offset &+= 1
        }
        value = sum
    }

    /// Eight bytes more: table k knows what a byte does that has k bytes behind it.
    @inline(__always)
    private static func step(_ sum: UInt64, _ word: UInt64, _ table: Span<UInt64>) -> UInt64 {
        let word = word ^ sum
        return table[1792 | Int(truncatingIfNeeded: word & 0xFF)]
            ^ table[1536 | Int(truncatingIfNeeded: word &>> 8 & 0xFF)]
            ^ table[1280 | Int(truncatingIfNeeded: word &>> 16 & 0xFF)]
            ^ table[1024 | Int(truncatingIfNeeded: word &>> 24 & 0xFF)]
            ^ table[768 | Int(truncatingIfNeeded: word &>> 32 & 0xFF)]
            ^ table[512 | Int(truncatingIfNeeded: word &>> 40 & 0xFF)]
            ^ table[256 | Int(truncatingIfNeeded: word &>> 48 & 0xFF)]
            ^ table[Int(truncatingIfNeeded: word &>> 56)]
    }

    /// Goes on with most of the bytes by the processor's own multiplication of polynomials, ten times as fast as by tables.
    /// Answers how many: none where there is no such instruction, or too little to gain.
    private mutating func fold(_ bytes: RawSpan) -> Int {
        guard bytes.byteCount >= CRC64.foldMin else { return 0 }
        // Unsafe: the shim reads `count` bytes from there.
        let folded = unsafe bytes.withUnsafeBytes {
            unsafe coronet_crc64_fold($0.baseAddress, $0.count, value)
        }
        guard folded.count > 0 else { return 0 }
        let table = CRC64.table.span
        value = CRC64.step(CRC64.step(0, folded.low, table), folded.high, table)
        return folded.count
    }

    /// Fewer bytes are summed by tables.
    private static let foldMin = 128

    /// Goes on with a part of a buffer.
    mutating func add(_ buffer: borrowing ByteBuffer, _ range: Range<Int>) {
        add(buffer.bytes.extracting(range))
    }

    /// The polynomial, lowest power first (the highest bit is x^0).
    static let polynomial: UInt64 = 0x95AC_9329_AC4B_C9B5

    /// Eight tables of 256: what a byte does to the sum when k more bytes follow it.
    private static let table: [UInt64] = {
        var table = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var sum = UInt64(byte)
            for _ in 0..<8 { sum = sum & 1 != 0 ? sum >> 1 ^ polynomial : sum >> 1 }
            table[byte] = sum
        }
        for index in 256..<8 * 256 {
            let before = table[index - 256]
            table[index] = table[Int(before & 0xFF)] ^ before >> 8
        }
        return table
    }()
}
