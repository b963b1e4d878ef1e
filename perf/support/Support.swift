// What the measuring programs of perf/ share: keys by number, numbers from a seed, clocks, figures.
import Glibc

/// A cheap source of numbers that look random, the same for the same seed.
@frozen public struct Dice {
    @usableFromInline var state: UInt64

    /// Numbers of this seed.
    @inlinable public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// 64 bits.
    @inlinable public mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// From 0 to below `bound`.
    @inlinable public mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
    /// From 0 to below 1.
    @inlinable public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// The n-th key: 16 bytes, "key:" and twelve digits.
@frozen public struct Key {
    @usableFromInline var bytes: InlineArray<16, UInt8> = .init(repeating: 0x30)

    /// The key of this number.
    @inlinable public init(_ number: Int) {
        bytes[0] = 0x6B
        bytes[1] = 0x65
        bytes[2] = 0x79
        bytes[3] = 0x3A
        var rest = number
        var at = 15
        while rest > 0 {
            bytes[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            at -= 1
        }
    }

    /// The key's bytes.
    @inlinable public var raw: RawSpan {
        // Unsafe: bytes of UInt8 have no padding.
        @_lifetime(borrow self) get { unsafe bytes.span.bytes }
    }
}

extension [UInt8] {
    /// The array's bytes.
    @inlinable public var raw: RawSpan {
        // Unsafe: bytes of UInt8 have no padding.
        @_lifetime(borrow self) get { unsafe span.bytes }
    }
}

/// A clock's time in nanoseconds.
public func nanos(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// A figure with so many digits behind the point.
public func fixed(_ value: Double, _ digits: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((value * scale).rounded().magnitude)
    let sign = value < 0 && whole > 0 ? "-" : ""
    if digits == 0 { return "\(sign)\(whole)" }
    let (front, rest) = whole.quotientAndRemainder(dividingBy: Int(scale))
    let tail = String(rest)
    return "\(sign)\(front)." + String(repeating: "0", count: digits - tail.utf8.count) + tail
}
