import Wire

extension CommandReply {
    /// What HELP of a container answers: each subcommand with its arguments, and what it does.
    public static func help(of container: CommandID, reply: inout ReplyWriter) {
        let spec = CommandTable.spec(of: container)
        reply.array(1 + 2 * spec.subcommands.count)
        reply.status("\(spec.name.uppercased()) subcommand [argument ...], where subcommand is one of:")
        for subcommand in spec.subcommands {
            let word = subcommand.name.dropFirst(spec.name.count + 1).uppercased()
            reply.status(([word] + subcommand.arguments.map(\.usage)).joined(separator: " "))
            reply.status("    \(subcommand.summary)")
        }
    }
}

extension ArgumentSpec {
    /// How to write it: `[EX seconds | KEEPTTL]`, `key [key ...]`.
    var usage: String {
        let one = [token, body].compactMap { $0 }.joined(separator: " ")
        let all = occurrence.contains(.multiple) ? "\(one) [\(one) ...]" : one
        return occurrence.contains(.optional) ? "[\(all)]" : all
    }

    private var body: String? {
        switch kind {
        case .pureToken: nil
        case .oneOf: parts.map(\.usage).joined(separator: "|")
        case .block: parts.map(\.usage).joined(separator: " ")
        default: name
        }
    }
}
