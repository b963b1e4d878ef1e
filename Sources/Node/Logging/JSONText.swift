/// Strings as JSON writes them, for the few places that write a line of JSON.
public enum JSONText {
    /// A string in quotes.
    public static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A list of strings.
    public static func list(_ texts: [String]) -> String { "[\(texts.map(quoted).joined(separator: ","))]" }

    /// Appends a string in quotes.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<32, 127: LogLine.appendEscape(byte, prefix: "\\u00", to: &bytes)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
