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
        var options = 4..<max(arguments.count, 4)
        if id == .set {
            options = 5..<max(arguments.count, 5)
            let reads = options.contains { arguments[$0].spells("get") || arguments[$0].spells("ifeq") }
            return reads ? [.readWrite, .access, .update] : [.overwrite, .update]
        }
        let writes = options.contains { arguments[$0].spells("set") || arguments[$0].spells("incrby") }
        return writes ? [.readWrite, .access, .update] : [.readOnly, .access]
    }
}
