/// One configuration directive, declared once.
///
/// `CONFIG GET/SET/REWRITE`, `redis.conf`, the command line, `--help` and the tests all read the one list in
/// `Directive.all`. A directive's value is kept as text, in the form in which `CONFIG GET` shows it; what the engine
/// reads is the typed `Settings` made from those texts.
public struct Directive: Sendable {
    /// What a value looks like, and so how it is read, checked and written.
    public enum Kind: Sendable {
        /// `yes` or `no`.
        case flag
        /// One of these words, in any letter case.
        case choice([String])
        /// A whole number. What lies in the range but outside `clamp` is moved to its nearer end.
        case integer(ClosedRange<Int64>, clamp: ClosedRange<Int64>?)
        /// A whole number that is a power of two.
        case powerOfTwo(ClosedRange<Int64>)
        /// Bytes, with a unit: `100mb`.
        case memory(ClosedRange<UInt64>)
        /// Bytes with a unit, or a share of `maxmemory`: `5%`.
        case memoryOrPercent
        /// A file mode in octal, 0 to 777.
        case permissions
        /// Any text.
        case text
        /// A file's name without its folder.
        case fileName
        /// A host name: letters, digits, hyphens, dots.
        case hostName
        /// An existing folder.
        case folder
        /// Several words (addresses to bind).
        case words
        /// `seconds changes` pairs; each line of the file adds to them.
        case savePoints
        /// `class hard soft seconds` groups; classes not named keep what they had.
        case bufferLimits
        /// Percentiles between 0 and 100.
        case percentiles
        /// The letters of keyspace events.
        case keyspaceEvents
        /// Three numbers between -2000 and 2000.
        case scores
        /// `host port`, or `no one`.
        case primary
        /// CPU numbers: `0-3,8`.
        case cpuList
    }

    /// When a value may change.
    public enum Change: Sendable {
        /// By `CONFIG SET`, at any time.
        case live
        /// By the file or the command line only.
        case atStart
        /// By the file or the command line only, though Redis changes it at any time: `CONFIG SET` looks at the value
        /// first.
        case afterRestart
        /// By `CONFIG SET`, but only for those whom `enable-protected-configs` allows.
        case guarded
    }

    /// What Coronet does with the value.
    public enum Standing: Sendable, Equatable {
        /// It takes effect.
        case honoured
        /// It is one of Redis's, accepted, kept and reported; the sentence says why it has no effect.
        case accepted(String)
        /// One of Redis's of which only the default is accepted: with any other value somebody would rely on a
        /// protection or a behaviour that is not there. The sentence says so.
        case refused(String)
    }

    /// The headings of `--help`, in order.
    public enum Group: String, Sendable, CaseIterable {
        case network = "Network"
        case security = "Security"
        case cores = "Cores and rings"
        case memory = "Memory and expiry"
        case clients = "Clients and limits"
        case logs = "Logs and latency"
        case process = "Process"
        case persistence = "Persistence"
        case replication = "Replication"
        case cluster = "Cluster"
        case values = "Value encodings and scripts"
        case tls = "TLS"
    }

    /// The name, as `CONFIG GET` shows it.
    public let name: String
    /// A second name of the same value, from the days before Redis renamed it.
    public let alias: String?
    /// How its value is read.
    public let kind: Kind
    /// The value when nobody sets it, as `CONFIG GET` shows it.
    public let defaultText: String
    /// When it may change.
    public let change: Change
    /// Whether it takes effect.
    public let standing: Standing
    /// Where `--help` shows it.
    public let group: Group
    /// One line of help.
    public let help: String

    init(
        _ name: String, alias: String? = nil, _ kind: Kind, _ defaultText: String, _ change: Change = .live,
        _ standing: Standing = .honoured, _ group: Group, _ help: String
    ) {
        self.name = name
        self.alias = alias
        self.kind = kind
        self.defaultText = defaultText
        self.change = change
        self.standing = standing
        self.group = group
        self.help = help
    }
}

/// A directive's place in `Directive.all`.
public struct DirectiveID: Hashable, Sendable {
    /// The index into `Directive.all`.
    public let index: Int
}

extension Directive.Kind {
    /// A whole number in a range.
    static func integer(_ range: ClosedRange<Int64>) -> Self { .integer(range, clamp: nil) }
    /// Zero to 2^31 - 1.
    static var natural: Self { .integer(0...Int64(Int32.max)) }
    /// Zero to 2^63 - 1.
    static var large: Self { .integer(0...Int64.max) }
    /// A TCP port, or 0.
    static var port: Self { .integer(0...65535) }
    /// Any number of bytes that fits 63 bits.
    static var bytes: Self { .memory(0...UInt64(Int64.max)) }

    /// Whether a line of the file may give several words.
    var takesSeveralWords: Bool {
        switch self {
        case .words, .savePoints, .bufferLimits, .percentiles, .scores, .primary: true
        default: false
        }
    }
}
