import Wire

/// What a request does; decides its form in each protocol and what an answer to it means.
public enum CommandKind: String, Sendable, CaseIterable {
    /// Reads a key.
    case get
    /// Writes a key.
    case set
    /// Writes a key that expires.
    case setex
    /// Reads several keys.
    case mget
    /// Counts a counter up. Counters have keys of their own.
    case incr
    /// Removes a key.
    case del
    /// A command of the user's own words.
    case custom
}

/// The commands of a run, by weight.
public struct CommandMix: Equatable, Sendable, CustomStringConvertible {
    /// One command and how often it comes.
    public struct Entry: Equatable, Sendable {
        /// What it does.
        public var kind: CommandKind
        /// To be seen beside the other weights.
        public var weight: Double
    }

    /// In the order given.
    public var entries: [Entry]

    /// 95 reads to 5 writes.
    public static let `default` = CommandMix(
        entries: [Entry(kind: .get, weight: 95), Entry(kind: .set, weight: 5)])

    /// `get=95,set=5`; also mget, incr, del, setex. A command alone has the weight 1.
    public init(parsing text: String) throws(OptionError) {
        entries = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard let kind = CommandKind(rawValue: words[0]), kind != .custom, words.count <= 2,
                let weight = words.count == 1 ? 1 : Double(words[1]), weight >= 0, weight.isFinite
            else {
                throw OptionError(
                    "--mix is COMMAND=WEIGHT,... of get, set, setex, mget, incr, del; not \(part)")
            }
            guard !entries.contains(where: { $0.kind == kind }) else {
                throw OptionError("--mix names \(kind.rawValue) twice")
            }
            if weight > 0 { entries.append(Entry(kind: kind, weight: weight)) }
        }
        guard !entries.isEmpty else { throw OptionError("--mix has no command with a weight above 0") }
    }

    init(entries: [Entry]) { self.entries = entries }

    /// As on the command line.
    public var description: String {
        entries.map { "\($0.kind.rawValue)=\($0.weight)" }.joined(separator: ",")
    }
}

/// A command in the user's own words, split as an inline request is, with `__key__` and `__value__` to be filled in.
public struct CommandText: Equatable, Sendable, CustomStringConvertible {
    /// To be seen beside the other weights.
    public var weight: Double
    /// The words.
    public var words: [[UInt8]]
    /// As given, without the weight.
    public var text: String

    /// `SET __key__ __value__ EX 10`, or the same with a weight in front: `3:SET ...`.
    public init(parsing text: String) throws(OptionError) {
        var rest = Substring(text)
        weight = 1
        if let colon = text.firstIndex(of: ":"), let number = Double(text[..<colon]) {
            guard number > 0, number.isFinite else {
                throw OptionError("--command WEIGHT:...: the weight is above 0")
            }
            weight = number
            rest = text[text.index(after: colon)...]
        }
        self.text = String(rest)
        guard let words = InlineSplitter.split(Array(rest.utf8).span.raw), !words.isEmpty else {
            throw OptionError("--command \(text): there is no command, or a quote is not closed")
        }
        self.words = words
    }

    /// As on the command line.
    public var description: String { "\(weight):\(text)" }
}
