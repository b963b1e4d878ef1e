/// What `coronet node --describe` prints: the command line and every directive as one JSON object, for programs. The
/// manual pages, the completions of shells and the example configuration are made from it.
///
///     {"switches":[{"name","help"}],
///      "directives":[{"name","alias","group","help","default","value","values","change","standing","reason"}]}
public enum DirectiveDescription {
    /// The whole object, on many lines, without the last newline.
    public static var json: String {
        let switches = CommandLineOptions.Switch.allCases.map { one in
            object([("name", quoted(one.rawValue)), ("help", quoted(one.help))])
        }
        let directives = Directive.Group.allCases.flatMap { group in
            Directive.all.filter { $0.group == group }.map(describe)
        }
        return #"{"switches":["# + "\n" + switches.joined(separator: ",\n") + "\n],\n"
            + #""directives":["# + "\n" + directives.joined(separator: ",\n") + "\n]}"
    }

    private static func describe(_ directive: Directive) -> String {
        object([
            ("name", quoted(directive.name)), ("alias", directive.alias.map(quoted) ?? "null"),
            ("group", quoted(directive.group.rawValue)), ("help", quoted(directive.help)),
            ("default", quoted(directive.shownDefault)), ("value", quoted(directive.kind.word)),
            ("values", JSONText.list(directive.kind.words)), ("change", quoted(directive.change.word)),
            ("standing", quoted(directive.standing.word)),
            ("reason", directive.standing.reason.map(quoted) ?? "null"),
        ])
    }

    private static func quoted(_ text: String) -> String { JSONText.quoted(text) }

    private static func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }
}

extension Directive {
    /// The default as a person would write it: bytes with their unit.
    var shownDefault: String {
        guard case .memory = kind else { return defaultText }
        return UInt64(defaultText).map(MemoryText.shortest) ?? defaultText
    }
}

extension Directive.Kind {
    /// What stands for a value in a synopsis.
    var word: String {
        switch self {
        case .flag: "yes|no"
        case .choice: "word"
        case .integer, .powerOfTwo: "number"
        case .memory: "bytes"
        case .memoryOrPercent: "bytes|percent"
        case .permissions: "mode"
        case .text: "text"
        case .fileName: "name"
        case .hostName: "host"
        case .folder: "folder"
        case .words: "address ..."
        case .savePoints: "seconds changes"
        case .bufferLimits: "class hard soft seconds"
        case .percentiles: "percentile ..."
        case .keyspaceEvents: "letters"
        case .scores: "number number number"
        case .primary: "host port"
        case .cpuList: "cpus"
        }
    }

    /// The words there are to choose from; none when it is no choice.
    var words: [String] {
        switch self {
        case .flag: ["yes", "no"]
        case .choice(let words): words
        default: []
        }
    }
}

extension Directive.Change {
    /// In a word.
    var word: String {
        switch self {
        case .live: "live"
        case .atStart, .afterRestart: "start"
        case .guarded: "guarded"
        }
    }
}

extension Directive.Standing {
    /// In a word.
    var word: String {
        switch self {
        case .honoured: "honoured"
        case .accepted: "accepted"
        case .refused: "refused"
        }
    }

    /// Why it has no effect.
    var reason: String? {
        switch self {
        case .honoured: nil
        case .accepted(let reason), .refused(let reason): reason
        }
    }
}
