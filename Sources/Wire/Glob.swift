/// Matches keys and channels against patterns, with redis-server's rules to the letter.
///
///     *      any bytes, none included         [abc]  [a-z]  one of these
///     ?      any one byte                     [^abc]        one that is none of these
///     \x     x itself
///
/// Where those rules surprise, they are kept: a class without its `]` ends with the pattern; `a-z` may be written
/// `z-a`; the bytes of a range count as signed; an escaped byte in a class is never folded; and no pattern but the
/// empty one matches the empty text, not even `*` (callers treat that one pattern as "everything" beforehand).
public enum Glob {
    /// Whether the whole of `text` matches the whole of `pattern`.
    ///
    /// Does at most pattern × text steps: since each element but `*` takes exactly one byte, it is enough to give
    /// the latest star one byte more whenever what follows it does not fit; what earlier stars took can stand.
    public static func matches(pattern: RawSpan, text: RawSpan, ignoringCase: Bool = false) -> Bool {
        var p = 0
        var t = 0
        var retry: (pattern: Int, text: Int)?
        if text.byteCount == 0 { return pattern.byteCount == 0 }
        while true {
            if t == text.byteCount {
                // Stars at the end are content with nothing.
                while p < pattern.byteCount, pattern.byte(at: p) == UInt8(ascii: "*") { p &+= 1 }
                if p == pattern.byteCount { return true }
                // More text is needed than there is left, and giving a star more leaves less.
                return false
            }
            if p < pattern.byteCount {
                if pattern.byte(at: p) == UInt8(ascii: "*") {
                    repeat { p &+= 1 } while p < pattern.byteCount && pattern.byte(at: p) == UInt8(ascii: "*")
                    if p == pattern.byteCount { return true }
                    retry = (p, t)
                    continue
                }
                let (fits, next) = element(pattern, at: p, fits: text.byte(at: t), ignoringCase)
                if fits {
                    p = next
                    t &+= 1
                    continue
                }
            }
            guard let latest = retry else { return false }
            retry = (latest.pattern, latest.text &+ 1)
            p = latest.pattern
            t = latest.text &+ 1
        }
    }

    /// Whether the element at `at` (anything but a star) fits `byte`, and where the next element starts.
    @inline(__always)
    private static func element(
        _ pattern: RawSpan, at: Int, fits byte: UInt8, _ ignoringCase: Bool
    ) -> (fits: Bool, next: Int) {
        var literal = pattern.byte(at: at)
        var next = at &+ 1
        switch literal {
        case UInt8(ascii: "?"): return (true, next)
        case UInt8(ascii: "["): return characterClass(pattern, at: next, fits: byte, ignoringCase)
        case UInt8(ascii: "\\") where next < pattern.byteCount:
            literal = pattern.byte(at: next)
            next &+= 1
        default: break
        }
        return (literal == byte || ignoringCase && folded(literal) == folded(byte), next)
    }

    /// Whether the class whose `[` stands before `start` fits `byte`, and where the next element starts.
    private static func characterClass(
        _ pattern: RawSpan, at start: Int, fits byte: UInt8, _ ignoringCase: Bool
    ) -> (fits: Bool, next: Int) {
        let end = pattern.byteCount
        var at = start
        let isNegated = at < end && pattern.byte(at: at) == UInt8(ascii: "^")
        if isNegated { at &+= 1 }
        var fits = false
        while at < end {
            let first = pattern.byte(at: at)
            if first == UInt8(ascii: "\\"), at &+ 1 < end {
                if pattern.byte(at: at &+ 1) == byte { fits = true }
                at &+= 2
            } else if first == UInt8(ascii: "]") {
                return (fits != isNegated, at &+ 1)
            } else if at &+ 2 < end, pattern.byte(at: at &+ 1) == UInt8(ascii: "-") {
                if range(first, pattern.byte(at: at &+ 2), contains: byte, ignoringCase) { fits = true }
                at &+= 3
            } else {
                if first == byte || ignoringCase && folded(first) == folded(byte) { fits = true }
                at &+= 1
            }
        }
        return (fits != isNegated, end)
    }

    private static func range(
        _ first: UInt8, _ last: UInt8, contains byte: UInt8, _ ignoringCase: Bool
    ) -> Bool {
        var low = Int8(bitPattern: first)
        var high = Int8(bitPattern: last)
        var value = Int8(bitPattern: byte)
        // In this order, as it shows with ranges like [_-A].
        if low > high { swap(&low, &high) }
        if ignoringCase {
            low = Int8(bitPattern: folded(UInt8(bitPattern: low)))
            high = Int8(bitPattern: folded(UInt8(bitPattern: high)))
            value = Int8(bitPattern: folded(byte))
        }
        return value >= low && value <= high
    }

    @inline(__always)
    private static func folded(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}
