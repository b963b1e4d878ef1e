/// One line of a configuration file, taken apart as Redis takes it apart, and put together again.
enum ConfigLine {
    /// The words of a line; nil when quotes are unbalanced or the bytes are no UTF-8.
    ///
    /// Double quotes know `\n \r \t \b \a`, `\xHH` and any other character after a backslash as itself; single
    /// quotes know only `\'`. After a closing quote a space or the end must follow.
    static func words(of line: [UInt8]) -> [String]? {
        var words: [String] = []
        var index = 0
        while true {
            while index < line.count, isSpace(line[index]) { index += 1 }
            guard index < line.count, line[index] != 0 else { return words }
            guard let word = word(of: line, from: &index), let text = String(validating: word, as: UTF8.self)
            else { return nil }
            words.append(text)
        }
    }

    private enum Quote { case none, single, double }

    private static func word(of line: [UInt8], from index: inout Int) -> [UInt8]? {
        var word: [UInt8] = []
        var quote = Quote.none
        while index < line.count, line[index] != 0 {
            let byte = line[index]
            switch (quote, byte) {
            case (.none, _) where isSpace(byte): return word
            case (.none, UInt8(ascii: "\"")): quote = .double
            case (.none, UInt8(ascii: "'")): quote = .single
            case (.double, UInt8(ascii: "\\")) where index + 1 < line.count:
                word.append(escaped(line, &index))
            case (.single, UInt8(ascii: "\\")) where index + 1 < line.count && line[index + 1] == UInt8(ascii: "'"):
                word.append(UInt8(ascii: "'"))
                index += 1
            case (.double, UInt8(ascii: "\"")), (.single, UInt8(ascii: "'")):
                index += 1
                return index == line.count || isSpace(line[index]) || line[index] == 0 ? word : nil
            default: word.append(byte)
            }
            index += 1
        }
        return quote == .none ? word : nil
    }

    /// What a backslash and what follows it stand for; leaves `index` on the last byte used.
    private static func escaped(_ line: [UInt8], _ index: inout Int) -> UInt8 {
        index += 1
        switch line[index] {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "x"):
            guard index + 2 < line.count, let high = hexDigit(line[index + 1]), let low = hexDigit(line[index + 2])
            else { return UInt8(ascii: "x") }
            index += 2
            return high << 4 | low
        default: return line[index]
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    /// A word as it can stand in a line: quoted only when it must be.
    static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.utf8.allSatisfy {
            $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\\")
        }
        if isPlain && word.first != "#" { return word }
        var text = "\""
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 32 || scalar.value == 127:
                let hex = String(scalar.value, radix: 16)
                text += "\\x" + (hex.utf8.count == 1 ? "0" : "") + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
