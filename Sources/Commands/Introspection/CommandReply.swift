import Wire

/// What COMMAND answers: the command table, written as replies.
public enum CommandReply {
    /// COMMAND and its subcommands. The request has passed `CommandTable.resolve`.
    public static func write(
        _ subcommand: SubcommandID?, _ arguments: borrowing Arguments, reply: inout ReplyWriter
    ) {
        switch subcommand {
        case .commandCount: reply.integer(CommandTable.specs.count)
        case .commandList: list(arguments, reply: &reply)
        case .commandInfo where arguments.count > 2: info(of: arguments, reply: &reply)
        case .commandDocs: docs(arguments, reply: &reply)
        case .commandGetKeys: keys(of: arguments, withFlags: false, reply: &reply)
        case .commandGetKeysAndFlags: keys(of: arguments, withFlags: true, reply: &reply)
        case .commandHelp: help(of: .command, reply: &reply)
        default: infoOfAll(reply: &reply)
        }
    }

    /// The command or subcommand of a name as documentation spells it: `get`, `config|get`.
    static func spec(named name: RawSpan) -> CommandSpec? {
        var bar = 0
        while bar < name.byteCount, name.byte(at: bar) != UInt8(ascii: "|") { bar += 1 }
        guard let id = CommandTable.find(name.extracting(0..<bar)) else { return nil }
        if bar == name.byteCount { return CommandTable.spec(of: id) }
        let rest = name.from(bar + 1)
        return CommandTable.findSubcommand(of: id, rest).map { CommandTable.spec(of: $0) }
    }
}

extension ReplyWriter {
    /// The names of the members of an option set, as a set of statuses.
    mutating func names<Flags: OptionSet>(of flags: Flags, _ names: [(Flags, StaticString)])
    where Flags.Element == Flags {
        set(names.count { flags.contains($0.0) })
        for (flag, name) in names where flags.contains(flag) { simple(name) }
    }

    mutating func categories(_ categories: CommandCategories) {
        let names = CommandCategories.names
        set(names.count { categories.contains($0.category) })
        for (category, name) in names where categories.contains(category) { status("@\(name)") }
    }
}
