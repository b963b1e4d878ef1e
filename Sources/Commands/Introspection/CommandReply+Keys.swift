import Wire

extension CommandReply {
    /// COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of the command that stands behind them.
    static func keys(of arguments: borrowing Arguments, withFlags: Bool, reply: inout ReplyWriter) {
        let count = arguments.count - 2
        guard let id = CommandTable.find(arguments[2]) else {
            return reply.error("ERR Invalid command specified" as StaticString)
        }
        var spec = CommandTable.spec(of: id)
        if id.isContainer, count > 1 {
            guard let subcommand = CommandTable.findSubcommand(of: id, arguments[3]) else {
                return reply.error("ERR Invalid command specified" as StaticString)
            }
            spec = CommandTable.spec(of: subcommand)
        }
        guard !spec.keySpecs.isEmpty else {
            return reply.error("ERR The command has no key arguments" as StaticString)
        }
        guard spec.accepts(argumentCount: count) else {
            return reply.error("ERR Invalid number of arguments specified for command" as StaticString)
        }
        let place = reply.place()
        var found = 0
        for keys in spec.keySpecs {
            let last = keys.last < 0 ? count + keys.last : keys.first + keys.last
            for index in stride(from: keys.first, through: last, by: keys.step) {
                if withFlags { reply.array(2) }
                reply.bulk(arguments[index + 2])
                if withFlags { reply.names(of: flags(keys, of: id, arguments), KeyFlags.names) }
                found += 1
            }
        }
        reply.makeArray(of: found, from: place)
    }

    /// What happens to a key when the arguments decide: SET reads only where it is told to, BITFIELD writes only
    /// where one of its operations does.
    private static func flags(
        _ keys: KeySpec, of id: CommandID, _ arguments: borrowing Arguments
    ) -> KeyFlags {
        guard keys.flags.contains(.variable) else { return keys.flags }
        if id == .set {
            for index in 5..<max(arguments.count, 5)
            where arguments[index].spells("get") || arguments[index].spells("ifeq") {
                return [.readWrite, .access, .update]
            }
            return [.overwrite, .update]
        }
        return onlyGets(arguments) ? [.readOnly, .access] : [.readWrite, .access, .update]
    }

    /// True if every operation of the BITFIELD call that stands behind COMMAND GETKEYSANDFLAGS is a well-formed GET.
    private static func onlyGets(_ arguments: borrowing Arguments) -> Bool {
        var index = 4
        while index < arguments.count {
            let rest = arguments.count - index - 1
            if arguments[index].spells("get"), rest >= 2 {
                index += 3
            } else if arguments[index].spells("overflow"), rest >= 1 {
                index += 2
            } else {
                return false
            }
        }
        return true
    }
}
