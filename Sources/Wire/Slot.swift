/// A hash slot: keys are shared out among cores and machines by slot.
///
/// The slot of a key is the CRC-16/XMODEM (polynomial 0x1021, initial value 0) of its hash tag, modulo 16384.
/// The hash tag is what stands between the first `{` and the next `}`, if that is not empty; else the whole key.
@frozen public struct Slot: Hashable, Comparable, Sendable {
    /// 0 ..< 16384.
    public let rawValue: UInt16

    /// Slots there are.
    public static let count = 16384

    /// The slot numbered `rawValue`, which must be below `count`.
    @inlinable public init(_ rawValue: UInt16) {
        precondition(rawValue < 16384, "there are 16384 slots")
        self.rawValue = rawValue
    }

    /// By number.
    @inlinable public static func < (left: Slot, right: Slot) -> Bool { left.rawValue < right.rawValue }

    /// The slot that `key` belongs to.
    public static func of(key: RawSpan) -> Slot {
        let tag = hashTag(of: key)
        return Slot(checksum(key, tag.lowerBound, tag.upperBound) & 0x3FFF)
    }

    /// Where the part of `key` that decides its slot lies.
    private static func hashTag(of key: RawSpan) -> Range<Int> {
        let count = key.byteCount
        var open = 0
        // Eight bytes at a time as long as none is an opening brace.
        while open &+ 8 <= count, !holdsBrace(key.word(at: open)) { open &+= 8 }
        while open < count, key.byte(at: open) != UInt8(ascii: "{") { open &+= 1 }
        var close = open &+ 1
        while close < count {
            if key.byte(at: close) == UInt8(ascii: "}") {
                return close == open &+ 1 ? 0..<count : (open &+ 1)..<close
            }
            close &+= 1
        }
        return 0..<count
    }

    @inline(__always)
    private static func holdsBrace(_ word: UInt64) -> Bool {
        let difference = word ^ 0x7B7B_7B7B_7B7B_7B7B
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
    }

    /// The CRC-16/XMODEM of `bytes`.
    public static func checksum(_ bytes: RawSpan) -> UInt16 { checksum(bytes, 0, bytes.byteCount) }

    /// Eight bytes a step: the checksum so far is folded into the first two, and each byte then adds, from a table
    /// of its own, what it becomes after the zero bytes that follow it. The eight look-ups do not wait for each other.
    private static func checksum(_ bytes: RawSpan, _ start: Int, _ end: Int) -> UInt16 {
        var crc: UInt16 = 0
        var at = start
        while at &+ 8 <= end {
            let word = bytes.word(at: at) ^ UInt64(crc.byteSwapped)
            let left =
                tables[7 &* 256 &+ index(word, 0)] ^ tables[6 &* 256 &+ index(word, 1)]
                ^ tables[5 &* 256 &+ index(word, 2)] ^ tables[4 &* 256 &+ index(word, 3)]
            let right =
                tables[3 &* 256 &+ index(word, 4)] ^ tables[2 &* 256 &+ index(word, 5)]
                ^ tables[1 &* 256 &+ index(word, 6)] ^ tables[index(word, 7)]
            crc = left ^ right
            at &+= 8
        }
        while at < end {
            crc = crc << 8 ^ tables[Int(crc >> 8 ^ UInt16(bytes.byte(at: at)))]
            at &+= 1
        }
        return crc
    }

    @inline(__always)
    private static func index(_ word: UInt64, _ byte: UInt64) -> Int {
        Int(truncatingIfNeeded: word >> (8 &* byte) & 0xFF)
    }

    /// `tables[256 * k + b]`: the checksum of byte b followed by k zero bytes. 4 KiB.
    private static let tables: InlineArray<2048, UInt16> = {
        var tables = InlineArray<2048, UInt16>(repeating: 0)
        for byte in 0..<256 {
            var crc = UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
            tables[byte] = crc
        }
        for position in 256..<2048 {
            let before = tables[position - 256]
            tables[position] = before << 8 ^ tables[Int(before >> 8)]
        }
        return tables
    }()
}
