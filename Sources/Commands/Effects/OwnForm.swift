import Wire

/// Whether a request came in the very form that the log gives it, so that its bytes can be copied as they are: the one form
/// that clients send.
///
///     *3 CR LF  $3 CR LF SET CR LF  $1 CR LF k CR LF  $5 CR LF value CR LF
///     └──── first word ────┘   └─ next words ─┘
///
/// A parser is more lenient: it takes lengths with zeros in front, and does not look at each line end. Arguments may also be
/// a choice of a request's, or stand in bytes without a frame. So every byte of the frame is looked at, but for the
/// digits of the lengths: those the parser has read, and that there are as few of them as can be, the places of the
/// arguments show.
enum OwnForm {
    /// Bytes of the request in this form; nil if it came in another, or is so long that copying is all the cost.
    @inline(__always)
    static func length(of arguments: borrowing Arguments) -> Int? {
        let count = arguments.count
        let available = arguments.bytes.byteCount
        guard 1...9 ~= count, available >= 12 else { return nil }
        let name = arguments.ranges[0]
        guard name.offset == 8, name.length < 10, arguments.bytes.word(at: 0) == head(count, name.length)
        else { return nil }
        var end = 8 &+ Int(name.length)
        for index in 1..<count {
            let range = arguments.ranges[index]
            guard range.length < 1000, end &+ 8 <= available else { return nil }
            let digits = range.length < 10 ? 1 : range.length < 100 ? 2 : 3
            guard Int(range.offset) == end &+ 5 &+ digits else { return nil }
            // CR LF $ before the digits, CR LF behind.
            let shift = UInt64(truncatingIfNeeded: 24 &+ 8 &* digits)
            guard
                arguments.bytes.word(at: end) & (0xFF_FFFF | 0xFFFF &<< shift) == 0x24_0A0D | 0x0A0D &<< shift
            else { return nil }
            end = Int(range.offset) &+ Int(range.length)
        }
        guard end &+ 2 <= available, arguments.bytes.byte(at: end) == 0x0D,
            arguments.bytes.byte(at: end &+ 1) == 0x0A
        else { return nil }
        return end &+ 2
    }

    /// `*3 CR LF $3 CR LF` as a word.
    @inline(__always)
    private static func head(_ count: Int, _ length: UInt32) -> UInt64 {
        let frame: UInt64 = 0x0A0D_0024_0A0D_002A
        return frame | (48 &+ UInt64(truncatingIfNeeded: count)) &<< 8 | (48 &+ UInt64(length)) &<< 40
    }
}
