/// Writes JSON, one value after the other. The caller keeps the grammar; this sees to commas, quotes and numbers.
struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    /// `{`, what `contents` writes, `}`.
    mutating func object(_ contents: (inout JSONText) -> Void) { nest("{", "}", contents) }

    /// `[`, what `contents` writes, `]`.
    mutating func array(_ contents: (inout JSONText) -> Void) { nest("[", "]", contents) }

    private mutating func nest(_ open: String, _ close: String, _ contents: (inout JSONText) -> Void) {
        comma()
        text += open
        needsComma = false
        contents(&self)
        text += close
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { text += "," }
        needsComma = true
    }

    /// The name of the member that comes next.
    mutating func key(_ name: String) {
        string(name)
        text += ":"
        needsComma = false
    }

    mutating func string(_ value: String) {
        comma()
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{00}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    mutating func integer(_ value: some BinaryInteger) {
        comma()
        text += "\(value)"
    }

    /// A number with up to `digits` behind the point. What is no number is null.
    mutating func number(_ value: Double, digits: Int = 3) {
        comma()
        text += value.isFinite ? fixed(value, digits: digits) : "null"
    }

    mutating func boolean(_ value: Bool) {
        comma()
        text += value ? "true" : "false"
    }

    mutating func null() {
        comma()
        text += "null"
    }
}

/// A number with exactly `digits` behind the point.
func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = UInt64((abs(value) * scale).rounded())
    let (integer, fraction) = whole.quotientAndRemainder(dividingBy: UInt64(scale))
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(integer)" }
    let text = "\(fraction)"
    return "\(sign)\(integer)." + String(repeating: "0", count: digits - text.count) + text
}

/// A number with its thousands apart: `1,234,567`.
func grouped(_ value: some BinaryInteger) -> String {
    var text = ""
    let digits = String(value.magnitude)
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return value < 0 ? "-" + text : text
}
