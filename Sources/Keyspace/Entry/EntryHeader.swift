/// The first eight bytes of an entry: what it is and how long its parts are.
///
/// ```
///  bit 0        4      8       16                40         48              64
///      | encoding | kind | flags | access clock 24 | key len 8 | value length 16 |
/// ```
/// Longer keys (over 255 bytes) and values (over 65,535) keep both lengths in a word of their own (flag `long`)
/// and zero here. The access clock says how the entry is used: see `AccessClock`.
struct EntryHeader {
    var word: UInt64

    static var expiring: UInt8 { 1 }
    static var versioned: UInt8 { 2 }
    static var long: UInt8 { 4 }

    init(word: UInt64) { self.word = word }

    init(kind: ValueKind, encoding: Encoding, flags: UInt8, clock: UInt32, keyLength: Int, valueLength: Int) {
        word = UInt64(encoding.rawValue) | UInt64(kind.rawValue) << 4 | UInt64(flags) << 8
        word |= UInt64(clock & 0xFF_FFFF) << 16
        if flags & EntryHeader.long == 0 {
            word |= UInt64(UInt8(truncatingIfNeeded: keyLength)) << 40
            word |= UInt64(UInt16(truncatingIfNeeded: valueLength)) << 48
        }
    }

    var encoding: Encoding {
        get { Encoding(rawValue: UInt8(truncatingIfNeeded: word) & 15) ?? .raw }
        set { word = word & ~15 | UInt64(newValue.rawValue) }
    }
    var kind: ValueKind { ValueKind(rawValue: UInt8(truncatingIfNeeded: word >> 4) & 15) ?? .string }
    var flags: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
    var isExpiring: Bool { word & (1 << 8) != 0 }
    var isVersioned: Bool { word & (2 << 8) != 0 }
    var isLong: Bool { word & (4 << 8) != 0 }
    var clock: UInt32 {
        get { UInt32(truncatingIfNeeded: word >> 16) & 0xFF_FFFF }
        set { word = word & ~(0xFF_FFFF << 16) | UInt64(newValue) << 16 }
    }
    var shortKeyLength: Int { Int(truncatingIfNeeded: word >> 40 & 0xFF) }
    var shortValueLength: Int { Int(truncatingIfNeeded: word >> 48) }

    /// Where the key starts: after the header and the words the flags ask for.
    var keyOffset: Int { EntryHeader.keyOffset(flags: flags) }

    static func keyOffset(flags: UInt8) -> Int {
        let f = Int(flags)
        return 8 &+ (f & 1) &<< 4 &+ (f & 2) &<< 2 &+ (f & 4) &<< 1
    }

    /// Whether lengths need a word of their own.
    static func longFlag(keyLength: Int, valueLength: Int) -> UInt8 {
        keyLength > 255 || valueLength > 65_535 ? long : 0
    }
}
