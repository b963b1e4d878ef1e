/// The kinds whose value is a list with rules of its own.
extension Directive {
    /// `900 1 300 10`: pairs of seconds (from 1) and changes (from 0). No words: none.
    static func savePoints(_ words: [String], after earlier: String) throws(Complaint) -> String {
        let words = words == [""] ? [] : words
        guard !words.isEmpty else { return "" }
        guard words.count % 2 == 0 else { throw Complaint("Invalid save parameters") }
        for (index, word) in words.enumerated() {
            guard let number = Int64(word), (index % 2 == 0 ? 1 : 0)...Int64(Int32.max) ~= number else {
                throw Complaint("Invalid save parameters")
            }
        }
        return (earlier.isEmpty ? words : [earlier] + words).joined(separator: " ")
    }

    /// Percentiles in the order given, at most six decimals.
    static func percentiles(_ words: [String]) throws(Complaint) -> String {
        var texts: [String] = []
        for word in words where words != [""] {
            guard let percentile = Double(word), percentile.isFinite else {
                throw Complaint("Invalid latency-tracking-info-percentiles parameters")
            }
            guard (0...100).contains(percentile) else {
                throw Complaint(
                    "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
            }
            texts.append(decimal(percentile))
        }
        return texts.joined(separator: " ")
    }

    /// At most six decimals, without the zeros at the end.
    private static func decimal(_ value: Double) -> String {
        let millionths = Int((value * 1_000_000).rounded(.toNearestOrEven))
        var fraction = String(1_000_000 + millionths % 1_000_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(millionths / 1_000_000)" : "\(millionths / 1_000_000).\(fraction)"
    }

    static func scores(_ words: [String]) throws(Complaint) -> String {
        guard words.count == 3 else { throw .wordCount }
        for word in words {
            guard let score = Int(word), (-2000...2000).contains(score) else {
                throw Complaint("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
            }
        }
        return words.joined(separator: " ")
    }

    static func primary(_ words: [String]) throws(Complaint) -> String {
        guard words.count == 2 else { throw .wordCount }
        if words.map({ $0.lowercased() }) == ["no", "one"] { return "" }
        guard let port = Int(words[1]), (0...65535).contains(port) else {
            throw Complaint("Invalid master port")
        }
        return "\(words[0]) \(port)"
    }

    /// The letters in Redis's order; all ten classes together are `A`.
    static func keyspaceEvents(_ word: String) throws(Complaint) -> String {
        let classes = "g$lshzxetd"
        let others = "KEmn"
        var given = Set(word)
        guard given.isSubset(of: Set(classes + others + "A")) else {
            throw Complaint("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
        }
        if given.remove("A") != nil { given.formUnion(classes) }
        let some = String(classes.filter(given.contains))
        return (some == classes ? "A" : some) + others.filter(given.contains)
    }
}

/// Per client class: how much a slow reader may leave unread.
public struct BufferLimits: Sendable, Equatable {
    /// One class's limits. Zero bytes: no limit.
    public struct Limit: Sendable, Equatable {
        /// Bytes at which the client is cut at once.
        public var hardBytes: UInt64
        /// Bytes at which it is cut after `softSeconds` without falling below.
        public var softBytes: UInt64
        /// How long it may stay above `softBytes`.
        public var softSeconds: Int64
    }

    /// Ordinary clients.
    public var normal = Limit(hardBytes: 0, softBytes: 0, softSeconds: 0)
    /// Replicas.
    public var replica = Limit(hardBytes: 0, softBytes: 0, softSeconds: 0)
    /// Subscribers.
    public var pubsub = Limit(hardBytes: 0, softBytes: 0, softSeconds: 0)

    /// No limits.
    static let none = BufferLimits()

    private init() {}

    /// The limits in a text that `text` gave.
    init(_ text: String) throws(Complaint) {
        try self.change(by: text.split(separator: " ").map(String.init))
    }

    /// The limits in `text`, but for the classes that `words` name.
    init(changing text: String, by words: [String]) throws(Complaint) {
        try self.init(text)
        try self.change(by: words == [""] ? [] : words)
    }

    private mutating func change(by words: [String]) throws(Complaint) {
        guard words.count % 4 == 0 else {
            throw Complaint("Wrong number of arguments in buffer limit configuration.")
        }
        for group in stride(from: 0, to: words.count, by: 4) {
            let place: WritableKeyPath<BufferLimits, Limit>
            switch words[group].lowercased() {
            case "normal": place = \.normal
            case "slave", "replica": place = \.replica
            case "pubsub": place = \.pubsub
            default: throw Complaint("Invalid client class specified in buffer limit configuration.")
            }
            guard let hard = MemoryText.parse(words[group + 1]),
                let soft = MemoryText.parse(words[group + 2]),
                let seconds = Int64(words[group + 3]), seconds >= 0
            else {
                throw Complaint(
                    "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
            }
            self[keyPath: place] = Limit(hardBytes: hard, softBytes: soft, softSeconds: seconds)
        }
    }

    /// As `CONFIG GET` shows them.
    var text: String {
        [("normal", normal), ("slave", replica), ("pubsub", pubsub)]
            .map { "\($0) \($1.hardBytes) \($1.softBytes) \($1.softSeconds)" }.joined(separator: " ")
    }
}
