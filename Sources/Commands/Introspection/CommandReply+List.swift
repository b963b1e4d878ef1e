import Wire

extension CommandReply {
    /// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern]
    static func list(_ arguments: borrowing Arguments, reply: inout ReplyWriter) {
        if arguments.count == 2 {
            let names = names { _ in true }
            reply.set(names.count)
            for name in names { reply.bulk(name) }
        } else if arguments.count == 5, arguments[2].spells("filterby") {
            let filter = arguments[4]
            if arguments[3].spells("module") {
                list(reply: &reply) { _ in false }
            } else if arguments[3].spells("aclcat") {
                let category = CommandCategories.names.first { filter.spells($0.name) }?.category
                list(reply: &reply) { spec in category.map(spec.categories.contains) ?? false }
            } else if arguments[3].spells("pattern") {
                let pattern = filter.copied()
                list(reply: &reply) { spec in
                    Glob.matches(
                        pattern: pattern.span.raw, text: spec.name.utf8.span.raw, ignoringCase: true)
                }
            } else {
                reply.error("ERR syntax error" as StaticString)
            }
        } else {
            reply.error("ERR syntax error" as StaticString)
        }
    }

    /// The names of commands and subcommands that pass, as an array; without a filter they are a set.
    private static func list(reply: inout ReplyWriter, where isListed: (CommandSpec) -> Bool) {
        let names = names(where: isListed)
        reply.array(names.count)
        for name in names { reply.bulk(name) }
    }

    private static func names(where isListed: (CommandSpec) -> Bool) -> [String] {
        CommandTable.specs.flatMap { [$0] + $0.subcommands }.filter(isListed).map(\.name)
    }
}
