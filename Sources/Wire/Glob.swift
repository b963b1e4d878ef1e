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
    /// The class that was looked at last is remembered, so that an endless one is not read anew for each byte.
    public static func matches(pattern: RawSpan, text: RawSpan, ignoringCase: Bool = false) -> Bool {
        var p = 0
        var t = 0
        var retry: (pattern: Int, text: Int)?
        var latestClass = ClassMemory()
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
                let (fits, next) = element(pattern, at: p, fits: text.byte(at: t), ignoringCase, &latestClass)
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
        _ pattern: RawSpan, at: Int, fits byte: UInt8, _ ignoringCase: Bool, _ latestClass: inout ClassMemory
    ) -> (fits: Bool, next: Int) {
        var literal = pattern.byte(at: at)
        var next = at &+ 1
        switch literal {
        case UInt8(ascii: "?"): return (true, next)
        case UInt8(ascii: "["):
            if let known = latestClass.answer(at: next, byte) { return known }
            let answer = characterClass(pattern, at: next, fits: byte, ignoringCase)
            latestClass.note(at: next, byte, answer)
            return answer
        case UInt8(ascii: "\\") where next < pattern.byteCount:
            literal = pattern.byte(at: next)
            next &+= 1
        default: break
        }
        return (literal == byte || ignoringCase && folded(literal) == folded(byte), next)
    }

    /// What one class said about the bytes it has met.
    private struct ClassMemory {
        /// Where the class starts; -1 for none yet.
        private var start = -1
        private var next = 0
        /// Bits of the bytes asked about, and of those that fit.
        private var asked = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        private var fitting = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))

        func answer(at place: Int, _ byte: UInt8) -> (fits: Bool, next: Int)? {
            guard place == start, Self.contains(asked, byte) else { return nil }
            return (Self.contains(fitting, byte), next)
        }

        mutating func note(at place: Int, _ byte: UInt8, _ answer: (fits: Bool, next: Int)) {
            if place != start {
                self = ClassMemory()
                start = place
                next = answer.next
            }
            Self.insert(&asked, byte)
            if answer.fits { Self.insert(&fitting, byte) }
        }

        private static func contains(_ set: (UInt64, UInt64, UInt64, UInt64), _ byte: UInt8) -> Bool {
            let word =
                switch byte >> 6 {
                case 0: set.0
                case 1: set.1
                case 2: set.2
                default: set.3
                }
            return word >> UInt64(byte & 63) & 1 == 1
        }

        private static func insert(_ set: inout (UInt64, UInt64, UInt64, UInt64), _ byte: UInt8) {
            let bit = UInt64(1) << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: set.0 |= bit
            case 1: set.1 |= bit
            case 2: set.2 |= bit
            default: set.3 |= bit
            }
        }
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
