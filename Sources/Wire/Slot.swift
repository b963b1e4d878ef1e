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
        let brace = firstBrace(in: key)
        if brace < key.byteCount { return ofTagged(key, brace) }
        return Slot(checksum(key, 0, key.byteCount) & 0x3FFF)
    }

    /// Where the first `{` stands, or the number of bytes.
    @inline(__always)
    private static func firstBrace(in key: RawSpan) -> Int {
        let end = key.byteCount
        var at = 0
        if end >= 8 {
            while at &+ 8 <= end, !holdsBrace(key.word(at: at)) { at &+= 8 }
            // What is left of less than eight bytes is looked at together with bytes before it.
            if at &+ 8 > end, !holdsBrace(key.word(at: end &- 8)) { return end }
        }
        while at < end, key.byte(at: at) != UInt8(ascii: "{") { at &+= 1 }
        return at
    }

    /// The slot of a key whose first `{` stands at `brace`.
    @inline(never)
    private static func ofTagged(_ key: RawSpan, _ brace: Int) -> Slot {
        var close = brace + 1
        while close < key.byteCount, key.byte(at: close) != UInt8(ascii: "}") { close += 1 }
        let isTag = close < key.byteCount && close > brace + 1
        return Slot((isTag ? checksum(key, brace + 1, close) : checksum(key, 0, key.byteCount)) & 0x3FFF)
    }

    @inline(__always)
    private static func holdsBrace(_ word: UInt64) -> Bool {
        let difference = word ^ 0x7B7B_7B7B_7B7B_7B7B
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
    }

    /// The CRC-16/XMODEM of `bytes`.
    public static func checksum(_ bytes: RawSpan) -> UInt16 { checksum(bytes, 0, bytes.byteCount) }

    /// The checksum of bytes `start` ..< `end`, eight a step.
    ///
    /// Zero bytes in front change nothing, so a step over less than eight bytes comes first, filled up with zeros.
    @inline(__always)
    private static func checksum(_ bytes: RawSpan, _ start: Int, _ end: Int) -> UInt16 {
        var crc: UInt16 = 0
        var at = start
        let odd = (end &- start) & 7
        if odd > 0 {
            if start &+ 8 <= bytes.byteCount {
                crc = step(0, bytes.word(at: start) &<< UInt64(truncatingIfNeeded: 8 &* (8 &- odd)))
                at &+= odd
            } else {
                for _ in 0..<odd {
                    crc = crc << 8 ^ tables[Int(crc >> 8 ^ UInt16(bytes.byte(at: at)))]
                    at &+= 1
                }
            }
        }
        while at < end {
            crc = step(crc, bytes.word(at: at))
            at &+= 8
        }
        return crc
    }

    /// The checksum of eight more bytes: the checksum so far is folded into the first two, and each byte then adds,
    /// from a table of its own, what it becomes after the zero bytes that follow it. The eight look-ups do not wait
    /// for each other.
    @inline(__always)
    private static func step(_ crc: UInt16, _ next: UInt64) -> UInt16 {
        let word = next ^ UInt64(crc.byteSwapped)
        let last =
            tables[3 &* 256 &+ index(word, 4)] ^ tables[2 &* 256 &+ index(word, 5)]
            ^ tables[1 &* 256 &+ index(word, 6)] ^ tables[index(word, 7)]
        let middle = tables[5 &* 256 &+ index(word, 2)] ^ tables[4 &* 256 &+ index(word, 3)]
        return last ^ middle ^ tables[7 &* 256 &+ index(word, 0)] ^ tables[6 &* 256 &+ index(word, 1)]
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
