/// Numbers of bytes as people write them: `100`, `64kb`, `1gb`.
///
/// As in Redis, a unit with a `b` counts in powers of 1024 (`1kb` is 1024), one without in powers of 1000 (`1k` is
/// 1000), letter case does not matter, and no digits at all mean 0.
enum MemoryText {
    /// The number of bytes; nil when the text is not such a number or does not fit 64 bits.
    static func parse(_ text: String) -> UInt64? {
        let digits = text.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let factor: UInt64
        switch text.utf8.dropFirst(digits.count).map({ $0 | 0x20 }) {
        case [], [UInt8(ascii: "b")]: factor = 1
        case Array("k".utf8): factor = 1000
        case Array("kb".utf8): factor = 1 << 10
        case Array("m".utf8): factor = 1_000_000
        case Array("mb".utf8): factor = 1 << 20
        case Array("g".utf8): factor = 1_000_000_000
        case Array("gb".utf8): factor = 1 << 30
        default: return nil
        }
        guard let count = digits.isEmpty ? 0 : UInt64(Substring(digits)) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// The shortest exact spelling: `1gb`, `1536mb`, `1000`.
    static func shortest(_ bytes: UInt64) -> String {
        for (unit, shift) in [("gb", 30), ("mb", 20), ("kb", 10)] as [(String, UInt64)]
        where bytes != 0 && bytes & ((1 << shift) - 1) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return String(bytes)
    }
}
