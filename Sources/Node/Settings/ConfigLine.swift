import Wire

/// One line of a configuration file, taken apart as Redis takes it apart, and put together again.
enum ConfigLine {
    /// The words of a line; nil when quotes are unbalanced or the bytes are no UTF-8.
    static func words(of line: [UInt8]) -> [String]? {
        guard let words = InlineSplitter.split(line.span.raw) else { return nil }
        let texts = words.compactMap { String(validating: $0, as: UTF8.self) }
        return texts.count == words.count ? texts : nil
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    /// A word as it can stand in a line: quoted only when it must be.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy {
                $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
                    && $0 != UInt8(ascii: "\\")
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
