import Wire

/// A command that took too long.
struct SlowLogEntry: Sendable {
    /// Unique over the node and growing with time.
    let id: UInt64
    /// Seconds since 1970.
    let seconds: Int64
    let micros: Int64
    /// Cut short (`SlowLog.trimmed`).
    let arguments: [[UInt8]]
    /// Whose command it was: `127.0.0.1:50123`.
    let address: String
    /// What that client calls itself.
    let clientName: [UInt8]
}

/// The latest slow commands of one core's clients, oldest first. Lives on one core; SLOWLOG GET merges the cores'.
///
/// Bound: `slowlog-max-len` entries a core, of 32 arguments of some 128 bytes.
struct SlowLog {
    private(set) var entries: [SlowLogEntry] = []

    /// Arguments of an entry, the one that says how many are missing included.
    static let argumentsMax = 32
    /// Bytes of an argument, not counting the note that says how many are missing.
    static let argumentBytesMax = 128

    mutating func add(_ entry: SlowLogEntry, keeping count: Int) {
        entries.append(entry)
        trim(to: count)
    }

    /// Forgets the oldest beyond `count`.
    mutating func trim(to count: Int) {
        if entries.count > count { entries.removeFirst(entries.count - count) }
    }

    mutating func removeAll() { entries.removeAll() }

    /// The latest `count` entries of all cores, latest first.
    static func merge(_ logs: [[SlowLogEntry]], keeping count: Int) -> [SlowLogEntry] {
        Array(logs.joined().sorted { $0.id > $1.id }.prefix(max(0, count)))
    }

    /// A request as the log keeps it: long arguments and long lists cut, secrets left out.
    static func trimmed(_ arguments: Arguments, secrets: Secrets) -> [[UInt8]] {
        let kept = arguments.count > argumentsMax ? argumentsMax - 1 : arguments.count
        var texts: [[UInt8]] = []
        for index in 0..<kept {
            texts.append(secrets.contains(index) ? Array("(redacted)".utf8) : trimmed(arguments[index]))
        }
        if kept < arguments.count {
            texts.append(Array("... (\(arguments.count - kept) more arguments)".utf8))
        }
        return texts
    }

    private static func trimmed(_ argument: RawSpan) -> [UInt8] {
        guard argument.byteCount > argumentBytesMax else { return argument.copied() }
        let rest = argument.byteCount - argumentBytesMax
        return argument.extracting(0..<argumentBytesMax).copied() + Array("... (\(rest) more bytes)".utf8)
    }
}
