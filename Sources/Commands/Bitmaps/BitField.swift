import Wire

/// An integer of 1 to 64 bits (63 if unsigned) at any bit of a string, its highest bit first.
struct BitField: BitwiseCopyable {
    /// What happens to a number that does not fit.
    enum Overflow: BitwiseCopyable {
        case wrap, saturate, fail

        init(_ word: RawSpan) throws(CommandError) {
            if word.spells("wrap") {
                self = .wrap
            } else if word.spells("sat") {
                self = .saturate
            } else if word.spells("fail") {
                self = .fail
            } else {
                throw .bitfieldOverflow
            }
        }
    }

    var offset = 0
    let width: Int
    let isSigned: Bool

    /// Reads `i8` or `u63`.
    init(kind text: RawSpan) throws(CommandError) {
        guard !text.isEmpty, let bits = Decimal.parse(text.from(1)) else { throw .bitfieldKind }
        switch text.byte(at: 0) {
        case UInt8(ascii: "i") where 1...64 ~= bits: isSigned = true
        case UInt8(ascii: "u") where 1...63 ~= bits: isSigned = false
        default: throw .bitfieldKind
        }
        width = Int(bits)
    }

    /// Its last bit.
    var last: Int { offset + width - 1 }

    /// The number in the field; bits beyond the string are zero.
    func read(_ bytes: RawSpan) -> Int64 {
        var bits: UInt64 = 0
        for bit in offset...last {
            let byte = bit >> 3 < bytes.byteCount ? bytes.byte(at: bit >> 3) : 0
            bits = bits << 1 | UInt64(byte >> UInt8(7 - bit & 7) & 1)
        }
        if isSigned, width < 64, bits >> UInt64(width - 1) == 1 { bits |= UInt64.max << UInt64(width) }
        return Int64(bitPattern: bits)
    }

    /// Puts a number into the field, which lies inside the string.
    func write(_ number: Int64, to bytes: inout MutableRawSpan) {
        for bit in offset...last {
            let isOne = number >> Int64(last - bit) & 1 == 1
            let mask: UInt8 = 0x80 >> UInt8(bit & 7)
            let old = bytes.bytes.byte(at: bit >> 3)
            bytes.storeBytes(of: isOne ? old | mask : old & ~mask, toByteOffset: bit >> 3, as: UInt8.self)
        }
    }

    /// Whether redis-server takes a number that is far too small for one that is too large: it measures the room above
    /// the number in 64 bits, which overflow.
    func passesForTooLarge(_ number: Int64) -> Bool {
        let greatest = Int128(1) << (width - 1) - 1
        return isSigned && width < 64 && greatest - Int128(number) > Int128(Int64.max)
    }

    /// The number that goes into the field for a wanted one, or nil where it does not fit and must not be changed.
    func fit(_ wanted: Int128, _ overflow: Overflow) -> Int64? {
        let greatest = Int128(1) << (isSigned ? width - 1 : width) - 1
        let least = isSigned ? -greatest - 1 : 0
        if wanted >= least, wanted <= greatest { return Int64(truncatingIfNeeded: wanted) }
        switch overflow {
        case .fail: return nil
        case .saturate: return Int64(truncatingIfNeeded: wanted > greatest ? greatest : least)
        case .wrap:
            // Keep the field's bits; a signed one extends its sign.
            let spare = 64 - width
            let kept = Int64(truncatingIfNeeded: wanted) << Int64(spare)
            return isSigned ? kept >> Int64(spare) : Int64(UInt64(bitPattern: kept) >> UInt64(spare))
        }
    }
}
