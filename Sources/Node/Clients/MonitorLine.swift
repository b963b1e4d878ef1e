import Commands
import Wire

/// How MONITOR shows a command: `+1700000000.123456 [0 127.0.0.1:50000] "SET" "key" "value"`.
enum MonitorLine {
    /// The line with its end. `isRedacted` says which arguments are secrets.
    static func text(
        micros: Int64, database: Int, address: String, _ arguments: Arguments, isRedacted: (Int) -> Bool
    ) -> ByteBuffer {
        var line = ByteBuffer()
        line.append(UInt8(ascii: "+"))
        Decimal.append(micros / 1_000_000, to: &line)
        line.append(UInt8(ascii: "."))
        let fraction = micros % 1_000_000
        line.append(UInt8(ascii: "0"), repeating: 6 - Decimal.length(fraction))
        Decimal.append(fraction, to: &line)
        line.append(" [")
        Decimal.append(Int64(database), to: &line)
        line.append(UInt8(ascii: " "))
        line.append(address)
        line.append(UInt8(ascii: "]"))
        for index in 0..<arguments.count {
            line.append(UInt8(ascii: " "))
            if isRedacted(index) {
                line.append("\"(redacted)\"")
            } else {
                quote(arguments[index], into: &line)
            }
        }
        line.append("\r\n")
        return line
    }

    /// In double quotes, with escapes for everything that is not printable ASCII.
    static func quote(_ bytes: RawSpan, into line: inout ByteBuffer) {
        line.append(UInt8(ascii: "\""))
        for index in 0..<bytes.byteCount {
            let byte = bytes.byte(at: index)
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case 0x0A: line.append("\\n")
            case 0x0D: line.append("\\r")
            case 0x09: line.append("\\t")
            case 0x07: line.append("\\a")
            case 0x08: line.append("\\b")
            case 0x20...0x7E: line.append(byte)
            default:
                line.append("\\x")
                line.append(digit(byte >> 4))
                line.append(digit(byte & 15))
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
