import Wire

/// A run of bits inside a value, both ends included; what BITCOUNT and BITPOS look at.
struct BitRange {
    var first: Int
    var last: Int

    /// Whether positions count bytes or bits.
    enum Unit {
        case byte, bit

        init(_ word: RawSpan) throws(CommandError) {
            if word.spells("byte") {
                self = .byte
            } else if word.spells("bit") {
                self = .bit
            } else {
                throw .syntax
            }
        }
    }

    /// Nil where nothing lies between the positions.
    init?(from start: Int64, through end: Int64, _ unit: Unit, byteCount: Int) {
        guard let range = clip(from: start, through: end, count: unit == .bit ? byteCount * 8 : byteCount)
        else {
            return nil
        }
        first = unit == .bit ? range.lowerBound : range.lowerBound * 8
        last = unit == .bit ? range.upperBound : range.upperBound * 8 + 7
    }

    /// The byte with this index, with what lies outside the range replaced by `filler`'s bits.
    @inline(__always)
    func byte(_ index: Int, of bytes: RawSpan, filler: UInt8) -> UInt8 {
        var inside: UInt8 = 0xff
        if index == first >> 3 { inside &= 0xff >> UInt8(first & 7) }
        if index == last >> 3 { inside &= 0xff << UInt8(7 - last & 7) }
        return bytes.byte(at: index) & inside | filler & ~inside
    }
}

extension BitRange {
    /// How many bits of the range are one.
    func countOnes(in bytes: RawSpan) -> Int {
        var index = first >> 3
        let lastByte = last >> 3
        var count = byte(index, of: bytes, filler: 0).nonzeroBitCount
        index += 1
        while index + 8 <= lastByte {
            count += bytes.word(at: index).nonzeroBitCount
            index += 8
        }
        while index <= lastByte {
            count += byte(index, of: bytes, filler: 0).nonzeroBitCount
            index += 1
        }
        return count
    }

    /// The position of the first bit of a kind, or nil.
    func firstBit(_ isOne: Bool, in bytes: RawSpan) -> Int? {
        // Looking for a zero is looking for a one in the complement.
        let flip: UInt8 = isOne ? 0 : 0xff
        let lastByte = last >> 3
        var index = first >> 3
        while index <= lastByte {
            if index > first >> 3, index + 8 <= lastByte, bytes.word(at: index) == (isOne ? 0 : .max) {
                index += 8
                continue
            }
            let candidates = byte(index, of: bytes, filler: flip) ^ flip
            if candidates != 0 { return index * 8 + candidates.leadingZeroBitCount }
            index += 1
        }
        return nil
    }
}
