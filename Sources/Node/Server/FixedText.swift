/// Numbers as reports show them. Pure, and the same in every locale.
enum FixedText {
    /// A number with so many decimals, rounded half up; negative zero is zero.
    static func decimals(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "0" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let number = UInt64(scaled)
        let sign = value < 0 && number > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(number)" }
        let unit = UInt64(scale)
        let fraction = String(number % unit)
        let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
        return "\(sign)\(number / unit).\(zeros)\(fraction)"
    }

    /// `50`, `99.9`: without trailing zeros.
    static func shortest(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// Bytes in units of 1024: `943.23K`.
    static func human(_ bytes: Int) -> String {
        if bytes < 1024 { return "\(bytes)B" }
        var size = Double(bytes) / 1024
        for unit in ["K", "M", "G", "T"] {
            if size < 1024 { return decimals(size, 2) + unit }
            size /= 1024
        }
        return decimals(size, 2) + "P"
    }

    /// A part of a whole, in percent: `57.28%`.
    static func percent(_ part: Int, of whole: Int) -> String {
        decimals(whole > 0 ? Double(part) * 100 / Double(whole) : 0, 2) + "%"
    }

    /// How many times `b` goes into `a`: `1.16`; 0 if there is nothing to divide by.
    static func ratio(_ a: Int, _ b: Int) -> String { decimals(b > 0 ? Double(a) / Double(b) : 0, 2) }

    /// Seconds with six decimals.
    static func seconds(micros: Int64) -> String { decimals(Double(micros) / 1_000_000, 6) }
}
