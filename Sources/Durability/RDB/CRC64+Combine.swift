// A checksum is the remainder of the message, as a polynomial over two elements, times x^64. To append a piece of n bytes
// is to multiply what came before by x^8n and to add the piece's own remainder. The power is built by squaring, so a
// piece of any length costs at most 64 multiplications of 64 steps.

extension CRC64 {
    /// The sum of two pieces, one after the other, from the sums of both and the length of the second in bytes.
    public static func combine(_ first: UInt64, _ second: UInt64, secondLength: Int) -> UInt64 {
        precondition(secondLength >= 0, "a piece has no negative length")
        return product(power(ofBytes: UInt64(secondLength)), first) ^ second
    }

    /// x^(8 * count) modulo the polynomial.
    private static func power(ofBytes count: UInt64) -> UInt64 {
        // x^0 is the highest bit.
        var power: UInt64 = 1 << 63
        var left = count
        var index = 3
        while left != 0 {
            if left & 1 != 0 { power = product(squares[index], power) }
            left >>= 1
            index += 1
        }
        return power
    }

    /// x^(2^k) for each k.
    private static let squares: [UInt64] = {
        var squares: [UInt64] = [1 << 62]
        while squares.count < 68 {
            let last = squares[squares.count - 1]
            squares.append(product(last, last))
        }
        return squares
    }()

    /// The product of two polynomials, modulo the polynomial.
    private static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        var b = b
        var bit: UInt64 = 1 << 63
        while bit != 0 {
            if a & bit != 0 { sum ^= b }
            b = b & 1 != 0 ? b >> 1 ^ polynomial : b >> 1
            bit >>= 1
        }
        return sum
    }
}
