import Wire

extension CommandReply {
    /// COMMAND, and COMMAND INFO without names.
    static func infoOfAll(reply: inout ReplyWriter) {
        reply.array(CommandTable.specs.count)
        for spec in CommandTable.specs { info(spec, reply: &reply) }
    }

    /// COMMAND INFO name ...: a null for a name that is none.
    static func info(of arguments: borrowing Arguments, reply: inout ReplyWriter) {
        reply.array(arguments.count - 2)
        for index in 2..<arguments.count {
            if let spec = spec(named: arguments[index]) {
                info(spec, reply: &reply)
            } else {
                reply.null()
            }
        }
    }

    /// Ten elements: name, arity, flags, first key, last key, step, categories, tips, key specs, subcommands.
    private static func info(_ spec: CommandSpec, reply: inout ReplyWriter) {
        reply.array(10)
        reply.bulk(spec.name)
        reply.integer(spec.arity)
        reply.names(of: spec.flags, CommandFlags.names)
        reply.integer(Int(spec.keyRange.first))
        reply.integer(Int(spec.keyRange.last))
        reply.integer(Int(spec.keyRange.step))
        reply.categories(spec.categories)
        reply.set(spec.tips.count)
        for tip in spec.tips { reply.bulk(tip) }
        reply.set(spec.keySpecs.count)
        for keys in spec.keySpecs { info(keys, reply: &reply) }
        if spec.subcommands.isEmpty { return reply.set(0) }
        reply.array(spec.subcommands.count)
        for subcommand in spec.subcommands { info(subcommand, reply: &reply) }
    }

    private static func info(_ keys: KeySpec, reply: inout ReplyWriter) {
        reply.map(keys.notes == nil ? 3 : 4)
        if let notes = keys.notes {
            reply.bulk("notes" as StaticString)
            reply.bulk(notes)
        }
        reply.bulk("flags" as StaticString)
        reply.names(of: keys.flags, KeyFlags.names)

        reply.bulk("begin_search" as StaticString)
        reply.map(2)
        reply.bulk("type" as StaticString)
        reply.bulk("index" as StaticString)
        reply.bulk("spec" as StaticString)
        reply.map(1)
        reply.bulk("index" as StaticString)
        reply.integer(keys.first)

        reply.bulk("find_keys" as StaticString)
        reply.map(2)
        reply.bulk("type" as StaticString)
        reply.bulk("range" as StaticString)
        reply.bulk("spec" as StaticString)
        reply.map(3)
        reply.bulk("lastkey" as StaticString)
        reply.integer(keys.last)
        reply.bulk("keystep" as StaticString)
        reply.integer(keys.step)
        reply.bulk("limit" as StaticString)
        reply.integer(0)
    }
}
