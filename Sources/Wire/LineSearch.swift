/// The search for the end of a line that may arrive in pieces.
enum LineSearch {
    case end(Int)
    case incomplete
    case tooLong

    /// Looks for `terminator` at or behind `start`, not searching the first `searched` bytes of `bytes` again.
    ///
    /// If `zeroHides`, a zero byte hides what is behind it as in requests, so such a line grows until it is too long. The terminator may stand
    /// `limit` bytes behind `start`, no farther: thus the outcome does not depend on how the line was cut.
    static func find(
        _ terminator: UInt8, _ bytes: RawSpan, from start: Int, searched: inout Int, atMost limit: Int,
        zeroHides: Bool = true
    ) -> LineSearch {
        let end = min(bytes.byteCount, start + limit + 1)
        var at = max(start, searched)
        let pattern = UInt64(terminator) &* 0x0101_0101_0101_0101
        while at &+ 8 <= end {
            // A byte of either difference is zero where the terminator or a zero byte stands.
            let word = bytes.word(at: at)
            let hits = zeroBytes(word ^ pattern) | (zeroHides ? zeroBytes(word) : 0)
            if hits != 0 {
                at &+= hits.trailingZeroBitCount / 8
                break
            }
            at &+= 8
        }
        while at < end {
            let byte = bytes.byte(at: at)
            if byte == terminator { return .end(at) }
            if byte == 0, zeroHides { break }
            at &+= 1
        }
        searched = at
        return bytes.byteCount - start > limit ? .tooLong : .incomplete
    }

    /// A bit set in the lowest zero byte of `word` (and perhaps in higher bytes, which do not count).
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
