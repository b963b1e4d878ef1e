import Wire

/// What keys look like: a prefix and the key's number in decimal with zeros in front. All have the same length, so
/// that a request needs only its digits filled in.
struct KeyShape: Equatable {
    let prefix: [UInt8]
    /// Digits behind the prefix.
    let width: Int

    /// Bytes of a key.
    var size: Int { prefix.count + width }

    /// The shape that the options ask for; throws if the keys do not fit it.
    init(prefix: String, size: Int?, keys: Int, memcached: Bool) throws(OptionError) {
        let bytes = Array(prefix.utf8)
        let digits = String(max(0, keys - 1)).utf8.count
        let width = size.map { $0 - bytes.count } ?? max(12, digits)
        guard width >= digits else {
            throw OptionError(
                "--key-size must be \(bytes.count + digits) or more for \(keys) keys behind \"\(prefix)\"")
        }
        if memcached {
            guard bytes.count + width <= 250, bytes.allSatisfy({ $0 > 32 && $0 != 127 }) else {
                throw OptionError("Memcached's keys have up to 250 bytes, without blanks")
            }
        }
        self.prefix = bytes
        self.width = width
    }

    private init(prefix: [UInt8], width: Int) {
        self.prefix = prefix
        self.width = width
    }

    /// Keys of counters: as long as the others where there are digits to spare, and never the same. ("n" is no digit.)
    var counters: KeyShape { KeyShape(prefix: prefix + [UInt8(ascii: "n")], width: max(1, width - 1)) }

    /// The key as bytes, its digits all zero.
    var blank: [UInt8] { prefix + [UInt8](repeating: UInt8(ascii: "0"), count: width) }

    /// Writes the digits of `number` so that the last stands before `end`. The bytes there are zeros.
    @inline(__always)
    static func write(_ number: UInt64, width: Int, endingAt end: Int, in bytes: inout MutableRawSpan) {
        guard width >= 8 else { return writeDigits(number, width: width, endingAt: end, in: &bytes) }
        let (high, low) = number.quotientAndRemainder(dividingBy: 100_000_000)
        bytes.storeBytes(of: Decimal.eightDigits(low).littleEndian, toByteOffset: end &- 8, as: UInt64.self)
        if high != 0 { writeDigits(high, width: width &- 8, endingAt: end &- 8, in: &bytes) }
    }

    private static func writeDigits(
        _ number: UInt64, width: Int, endingAt end: Int, in bytes: inout MutableRawSpan
    ) {
        var rest = number
        var at = end
        while rest > 0 || at == end, at > end - width {
            at -= 1
            bytes.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: at, as: UInt8.self)
            rest /= 10
        }
    }
}
