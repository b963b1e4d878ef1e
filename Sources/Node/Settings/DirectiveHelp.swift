/// What `coronet node --help` prints: every directive that has an effect, under its heading, with its default.
public enum DirectiveHelp {
    /// The whole text, without the last newline.
    public static var text: String {
        var lines = [
            "usage: coronet node [redis.conf | -] [--directive value ...]",
            "",
            "Runs a cache node. The configuration file has redis.conf's syntax; '-' reads it from standard input.",
            "Every directive may also be given as --directive value ..., which then wins over the file.",
            "",
        ]
        lines += CommandLineOptions.Switch.allCases.map { padded("  --\($0.rawValue)", to: 19) + $0.help }
        lines += ["", "Directives, with [default]; * can be changed by CONFIG SET while the node runs."]
        for group in Directive.Group.allCases {
            let members = Directive.all.filter { $0.group == group && $0.standing == .honoured }
            guard !members.isEmpty else { continue }
            lines += ["", "\(group.rawValue):"]
            lines += members.map(line)
        }
        lines += ["", "Known directives of Redis that have no effect here (yet); they are checked and kept:"]
        lines += wrapped(Directive.all.filter { $0.standing != .honoured }.map(\.name))
        return lines.joined(separator: "\n")
    }

    private static func line(_ directive: Directive) -> String {
        let name = "  \(directive.name)\(directive.change == .live ? " *" : "")"
        return padded(name, to: 38) + "\(directive.help) [\(directive.shownDefault)]"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }

    private static func wrapped(_ words: [String]) -> [String] {
        var lines: [String] = []
        var line = " "
        for word in words {
            if line.utf8.count + word.utf8.count > 98 {
                lines.append(line)
                line = " "
            }
            line += " \(word)"
        }
        return lines + [line]
    }
}
