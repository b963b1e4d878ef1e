// The fast path: a request that is all there and written the way clients write it. It decides nothing on its own:
// whatever it does not recognise it leaves to the general path, which starts from the first byte again.

extension RequestParser {
    /// Arguments a request on the fast path may have. Their ranges are reserved at once, so no more than those that
    /// would fit in the bytes there are; and no more than anyone may send before authentication, unless authenticated.
    @inline(__always)
    private static func mostArguments(_ bytes: Int, _ limits: Limits) -> Int {
        limits.isAuthenticated ? bytes / 6 : 10
    }

    /// The length of the request at the start of `bytes`, its ranges appended; 0 if it is for the general path.
    @inline(__always)
    static func wholeRequest(
        _ bytes: RawSpan, _ limits: Limits, _ ranges: inout [ArgumentRange]
    ) -> Int {
        let end = bytes.byteCount
        guard end >= 8 else { return 0 }
        let (count, start) = number(bytes.word(at: 0), behind: UInt8(ascii: "*"))
        // Without a number start is 0, and so is count.
        guard count > 0, count <= mostArguments(end, limits) else { return 0 }
        var position = start
        ranges.append(addingCapacity: count) { arguments in
            while position < end {
                // The eight bytes from here; at the end of the bytes fewer, with zeros behind.
                let at = min(position, end &- 8)
                let word = bytes.word(at: at) &>> UInt64(truncatingIfNeeded: 8 &* (position &- at))
                let (length, header) = number(word, behind: UInt8(ascii: "$"))
                let argument = position &+ header
                let next = argument &+ length &+ 2
                if header == 0 || next > end || length > limits.maxBulkLength { break }
                arguments.append(
                    ArgumentRange(
                        offset: UInt32(truncatingIfNeeded: argument),
                        length: UInt32(truncatingIfNeeded: length)))
                position = next
                if arguments.count == count {
                    if position > limits.maxRequestLength { break }
                    return
                }
            }
            arguments.removeAll()
            position = 0
        }
        return position
    }

    /// The number between `mark` and CR in `word` and the bytes up to behind the LF; (0, 0) if there is none.
    @inline(__always)
    private static func number(_ word: UInt64, behind mark: UInt8) -> (value: Int, length: Int) {
        guard UInt8(truncatingIfNeeded: word) == mark else { return (0, 0) }
        let first = (word >> 8 & 0xFF) &- 0x30
        guard first <= 9 else { return (0, 0) }
        if word >> 16 & 0xFF == 0x0D { return (Int(truncatingIfNeeded: first), 4) }
        let second = (word >> 16 & 0xFF) &- 0x30
        // More than one digit must not start with a zero.
        guard second <= 9, first > 0 else { return (0, 0) }
        if word >> 24 & 0xFF == 0x0D { return (Int(truncatingIfNeeded: first &* 10 &+ second), 5) }
        return longNumber(word)
    }

    /// The same for the numbers of three and four digits that come here.
    private static func longNumber(_ word: UInt64) -> (value: Int, length: Int) {
        var value: UInt64 = 0
        var length = 1
        var rest = word >> 8
        while length < 5 {
            let digit = (rest & 0xFF) &- 0x30
            guard digit <= 9 else { return (0, 0) }
            value = value &* 10 &+ digit
            rest >>= 8
            length &+= 1
            if rest & 0xFF == 0x0D { return (Int(truncatingIfNeeded: value), length &+ 2) }
        }
        return (0, 0)
    }
}
