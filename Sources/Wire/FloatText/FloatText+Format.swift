extension FloatText {
    /// Appends `value` with up to 17 significant digits, as C's `%.17g` writes it.
    ///
    /// Exponents below -4 or above 16 are written out (`1e+17`); infinities are `inf` and `-inf`.
    public static func append(_ value: Double, to buffer: inout ByteBuffer) {
        if value.isNaN { return buffer.append("nan") }
        if value.sign == .minus { buffer.append(UInt8(ascii: "-")) }
        if value.isInfinite { return buffer.append("inf") }
        let magnitude = value.magnitude
        if magnitude < 1e15, magnitude == magnitude.rounded(.towardZero) {
            return Decimal.append(UInt64(magnitude), to: &buffer)
        }
        let isSubnormal = magnitude.exponentBitPattern == 0
        let significand = magnitude.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
        let exponent = (isSubnormal ? 1 : Int(magnitude.exponentBitPattern)) - 1075
        // m × 2^-k = m × 5^k / 10^k, so the digits of m × 5^k are the number's, with the point k places in.
        var whole = BigDecimal(significand)
        if exponent >= 0 {
            whole.multiply(byPowerOfTwo: exponent)
        } else {
            whole.multiply(byPowerOfFive: -exponent)
        }
        var digits = whole.digits()
        var power = digits.count - 1 + min(exponent, 0)
        if round(&digits, to: 17) { power += 1 }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        appendGeneral(digits, power, to: &buffer)
    }

    /// Rounds to the nearest number of `count` digits, ties to even; returns whether a digit came in front.
    private static func round(_ digits: inout [UInt8], to count: Int) -> Bool {
        guard digits.count > count else { return false }
        let next = digits[count]
        let isTie = next == UInt8(ascii: "5") && digits[(count + 1)...].allSatisfy { $0 == UInt8(ascii: "0") }
        // The digit '0' is an even byte, so a digit is odd exactly when its byte is.
        let goesUp = isTie ? digits[count - 1] & 1 == 1 : next >= UInt8(ascii: "5")
        digits.removeSubrange(count...)
        guard goesUp else { return false }
        var at = count - 1
        while at >= 0, digits[at] == UInt8(ascii: "9") {
            digits[at] = UInt8(ascii: "0")
            at -= 1
        }
        if at >= 0 {
            digits[at] += 1
            return false
        }
        digits[0] = UInt8(ascii: "1")
        return true
    }

    /// Appends d.ddd × 10^power, in plain form if the power is moderate. `digits` ends in no zero, unless it is one.
    private static func appendGeneral(_ digits: [UInt8], _ power: Int, to buffer: inout ByteBuffer) {
        if power < -4 || power >= 17 {
            buffer.append(digits[0])
            if digits.count > 1 {
                buffer.append(UInt8(ascii: "."))
                buffer.append(digits[1...])
            }
            buffer.append(power < 0 ? "e-" : "e+")
            if power.magnitude < 10 { buffer.append(UInt8(ascii: "0")) }
            Decimal.append(UInt64(power.magnitude), to: &buffer)
        } else if power < 0 {
            buffer.append("0.")
            buffer.append(UInt8(ascii: "0"), repeating: -power - 1)
            buffer.append(digits)
        } else {
            let whole = min(digits.count, power + 1)
            buffer.append(digits[..<whole])
            buffer.append(UInt8(ascii: "0"), repeating: power + 1 - whole)
            guard digits.count > whole else { return }
            buffer.append(UInt8(ascii: "."))
            buffer.append(digits[whole...])
        }
    }

    /// Appends `value` rounded to 17 places behind the point, without trailing zeros, never with an exponent.
    ///
    /// This is how INCRBYFLOAT stores a number. The largest takes 4933 digits.
    public static func appendFixed(_ value: Extended, to buffer: inout ByteBuffer) {
        if value.isNaN { return buffer.append("nan") }
        if value.isInfinite { return buffer.append(value < 0 ? "-inf" : "inf") }
        let (significand, exponent) = parts(value.magnitude)
        var digits: [UInt8]
        if exponent >= 0 {
            var whole = BigDecimal(significand)
            whole.multiply(byPowerOfTwo: exponent)
            digits = whole.digits()
        } else {
            digits = fixedDigits(significand, shift: -exponent)
        }
        // Whatever rounds to nothing is a plain zero.
        if value.sign == .minus, digits != [UInt8(ascii: "0")] { buffer.append(UInt8(ascii: "-")) }
        buffer.append(digits)
    }

    /// `magnitude` as an integer times a power of two.
    private static func parts(_ magnitude: Extended) -> (UInt64, Int) {
        // A subnormal has no hidden bit, and the exponent of the smallest normal number.
        let isNormal = magnitude.exponentBitPattern > 0
        let hidden: UInt64 = isNormal ? 1 << UInt64(Extended.significandBitCount) : 0
        let bias = (1 << (Extended.exponentBitCount - 1)) - 1
        let exponent = max(1, Int(magnitude.exponentBitPattern)) - bias - Extended.significandBitCount
        return (magnitude.significandBitPattern | hidden, exponent)
    }

    /// The text of significand × 2^-shift, rounded to 17 places, ties to even, trailing zeros dropped.
    private static func fixedDigits(_ significand: UInt64, shift: Int) -> [UInt8] {
        // 10^17 takes 57 bits, so the product fits; shifted by 128 or more it is below one half.
        let scaled = UInt128(significand) * 100_000_000_000_000_000
        guard shift < 128 else { return [UInt8(ascii: "0")] }
        var rounded = scaled >> UInt128(shift)
        let rest = scaled - rounded << UInt128(shift)
        let half: UInt128 = 1 << UInt128(shift - 1)
        if rest > half || rest == half && rounded & 1 == 1 { rounded += 1 }

        let (whole, fraction) = rounded.quotientAndRemainder(dividingBy: 100_000_000_000_000_000)
        // whole < 2^64, since it is at most the significand.
        var digits = BigDecimal(UInt64(whole)).digits()
        guard fraction > 0 else { return digits }
        var places = BigDecimal(UInt64(fraction)).digits()
        digits.append(UInt8(ascii: "."))
        digits.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 17 - places.count))
        while places.last == UInt8(ascii: "0") { places.removeLast() }
        digits.append(contentsOf: places)
        return digits
    }
}

/// A large integer kept in groups of nine decimal digits, so that its text is at hand. Lowest group first.
private struct BigDecimal {
    private static let base: UInt64 = 1_000_000_000
    private var groups: [UInt64]

    init(_ value: UInt64) {
        groups = [value % Self.base, value / Self.base % Self.base, value / Self.base / Self.base]
        dropZeros()
    }

    private mutating func dropZeros() {
        while groups.count > 1, groups.last == 0 { groups.removeLast() }
    }

    mutating func multiply(byPowerOfTwo power: Int) {
        var rest = power
        while rest > 0 {
            let step = min(rest, 33)
            multiply(by: 1 << UInt64(step))
            rest -= step
        }
    }

    mutating func multiply(byPowerOfFive power: Int) {
        var rest = power
        while rest >= 13 {
            multiply(by: 1_220_703_125)
            rest -= 13
        }
        var factor: UInt64 = 1
        for _ in 0..<rest { factor *= 5 }
        multiply(by: factor)
    }

    /// `factor` is at most 2^33: a group times it plus a carry stays below 2^64.
    private mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in groups.indices {
            let product = groups[index] &* factor &+ carry
            carry = product / Self.base
            groups[index] = product &- carry &* Self.base
        }
        while carry > 0 {
            groups.append(carry % Self.base)
            carry /= Self.base
        }
    }

    /// The digits, highest first, without leading zeros.
    func digits() -> [UInt8] {
        var text = [UInt8](repeating: UInt8(ascii: "0"), count: 9 * groups.count)
        var end = text.count
        for group in groups {
            var rest = group
            for place in 1...9 {
                text[end - place] += UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            end -= 9
        }
        let first = text.firstIndex { $0 != UInt8(ascii: "0") } ?? text.count - 1
        text.removeFirst(first)
        return text
    }
}
