import Logging

/// One log line's text. Pure: time and core are given.
///
///     2026-11-23T11:43:50.123Z notice  core=0 listening port=6379
///     {"time":"2026-11-23T11:43:50.123Z","level":"notice","core":0,"message":"listening","port":"6379"}
struct LogLine {
    var millis: Int64
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata

    /// Appends the line, newline included.
    func append(to bytes: inout [UInt8], as format: Settings.LogFormat) {
        switch format {
        case .plain: appendPlain(to: &bytes)
        case .json: appendJSON(to: &bytes)
        }
        bytes.append(10)
    }

    /// Redis's four names, and swift-log's for what lies beyond them.
    static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "debug"
        case .info: "verbose"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }

    private func appendPlain(to bytes: inout [UInt8]) {
        LogLine.appendTime(millis, to: &bytes)
        let name = LogLine.name(of: level)
        bytes += " \(name)".utf8
        // Messages start in one column for the names that are common.
        for _ in name.utf8.count..<max(name.utf8.count, 7) { bytes.append(32) }
        bytes += " core=\(metadata["core"].map { "\($0)" } ?? "-") ".utf8
        LogLine.appendOneLine(message, to: &bytes)
        for (key, value) in rest {
            bytes += " \(key)=".utf8
            LogLine.appendOneLine("\(value)", to: &bytes)
        }
    }

    private func appendJSON(to bytes: inout [UInt8]) {
        bytes += "{\"time\":\"".utf8
        LogLine.appendTime(millis, to: &bytes)
        bytes += "\",\"level\":\"\(LogLine.name(of: level))\"".utf8
        if let core = metadata["core"].flatMap({ Int("\($0)") }) { bytes += ",\"core\":\(core)".utf8 }
        bytes += ",\"message\":".utf8
        JSONText.append(message, to: &bytes)
        for (key, value) in rest {
            bytes.append(UInt8(ascii: ","))
            JSONText.append(key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONText.append("\(value)", to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private var rest: [(key: String, value: Logger.MetadataValue)] {
        metadata.filter { $0.key != "core" }.sorted { $0.key < $1.key }
    }

    /// Control characters escaped: what a client sent must not be able to forge a line of its own.
    private static func appendOneLine(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if byte < 32 || byte == 127 {
                appendEscape(byte, prefix: "\\x", to: &bytes)
            } else {
                bytes.append(byte)
            }
        }
    }

    /// A byte as `prefix` and two hexadecimal digits.
    static func appendEscape(_ byte: UInt8, prefix: String, to bytes: inout [UInt8]) {
        bytes += prefix.utf8
        for digit in [byte >> 4, byte & 15] { bytes += String(digit, radix: 16).utf8 }
    }

    /// UTC, by arithmetic on the proleptic Gregorian calendar: no locale, no time zone file, no allocation.
    static func appendTime(_ millis: Int64, to bytes: inout [UInt8]) {
        let (seconds, fraction) = floorDivide(millis, 1000)
        let (days, secondOfDay) = floorDivide(seconds, 86400)
        // Count years from March, so that the leap day is a year's last; 400 years are one cycle of 146097 days.
        let (cycle, dayOfCycle) = floorDivide(days + 719_468, 146_097)
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0)
        appendNumber(year, digits: 4, then: "-", to: &bytes)
        appendNumber(month, digits: 2, then: "-", to: &bytes)
        appendNumber(day, digits: 2, then: "T", to: &bytes)
        appendNumber(secondOfDay / 3600, digits: 2, then: ":", to: &bytes)
        appendNumber(secondOfDay / 60 % 60, digits: 2, then: ":", to: &bytes)
        appendNumber(secondOfDay % 60, digits: 2, then: ".", to: &bytes)
        appendNumber(fraction, digits: 3, then: "Z", to: &bytes)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = ((value % divisor) + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }

    private static func appendNumber(
        _ value: Int64, digits: Int, then separator: Unicode.Scalar, to bytes: inout [UInt8]
    ) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
        bytes.append(UInt8(ascii: separator))
    }
}
