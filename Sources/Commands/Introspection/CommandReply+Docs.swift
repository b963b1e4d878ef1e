import Wire

extension CommandReply {
    /// COMMAND DOCS [name ...]: names that are none are left out.
    static func docs(_ arguments: borrowing Arguments, reply: inout ReplyWriter) {
        guard arguments.count > 2 else {
            reply.map(CommandTable.specs.count)
            for spec in CommandTable.specs { docs(spec, reply: &reply) }
            return
        }
        let place = reply.place()
        var found = 0
        for index in 2..<arguments.count {
            guard let spec = spec(named: arguments[index]) else { continue }
            docs(spec, reply: &reply)
            found += 1
        }
        reply.makeMap(of: found, from: place)
    }

    /// A name and what there is to say about it; what is empty is left out.
    private static func docs(_ spec: CommandSpec, reply: inout ReplyWriter) {
        reply.bulk(spec.name)
        let place = reply.place()
        var pairs = 0
        func pair(_ name: StaticString, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            reply.bulk(name)
            reply.bulk(value)
            pairs += 1
        }
        pair("summary", spec.summary)
        pair("since", spec.since)
        pair("group", spec.group.rawValue)
        pair("complexity", spec.complexity)
        if spec.isForSystem || spec.deprecation != nil {
            reply.bulk("doc_flags" as StaticString)
            reply.set((spec.isForSystem ? 1 : 0) + (spec.deprecation == nil ? 0 : 1))
            if spec.deprecation != nil { reply.simple("deprecated") }
            if spec.isForSystem { reply.simple("syscmd") }
            pairs += 1
        }
        pair("deprecated_since", spec.deprecation?.since)
        pair("replaced_by", spec.deprecation?.replacement)
        if !spec.history.isEmpty {
            reply.bulk("history" as StaticString)
            reply.set(spec.history.count)
            for entry in spec.history {
                reply.array(2)
                reply.bulk(entry.version)
                reply.bulk(entry.change)
            }
            pairs += 1
        }
        if !spec.arguments.isEmpty {
            reply.bulk("arguments" as StaticString)
            docs(spec.arguments, reply: &reply)
            pairs += 1
        }
        if !spec.subcommands.isEmpty {
            reply.bulk("subcommands" as StaticString)
            reply.map(spec.subcommands.count)
            for subcommand in spec.subcommands { docs(subcommand, reply: &reply) }
            pairs += 1
        }
        reply.makeMap(of: pairs, from: place)
    }

    private static func docs(_ arguments: [ArgumentSpec], reply: inout ReplyWriter) {
        reply.array(arguments.count)
        for argument in arguments { docs(argument, reply: &reply) }
    }

    private static func docs(_ argument: ArgumentSpec, reply: inout ReplyWriter) {
        let place = reply.place()
        var pairs = 2
        reply.bulk("name" as StaticString)
        reply.bulk(argument.name)
        reply.bulk("type" as StaticString)
        reply.bulk(argument.kind.rawValue)
        if let index = argument.keySpecIndex {
            reply.bulk("key_spec_index" as StaticString)
            reply.integer(index)
            pairs += 1
        }
        if let token = argument.token {
            reply.bulk("token" as StaticString)
            reply.bulk(token)
            pairs += 1
        }
        if let since = argument.since {
            reply.bulk("since" as StaticString)
            reply.bulk(since)
            pairs += 1
        }
        if let version = argument.deprecatedSince {
            reply.bulk("deprecated_since" as StaticString)
            reply.bulk(version)
            pairs += 1
        }
        if !argument.occurrence.isEmpty {
            reply.bulk("flags" as StaticString)
            reply.names(of: argument.occurrence, ArgumentSpec.Occurrence.names)
            pairs += 1
        }
        if !argument.parts.isEmpty {
            reply.bulk("arguments" as StaticString)
            docs(argument.parts, reply: &reply)
            pairs += 1
        }
        reply.makeMap(of: pairs, from: place)
    }
}
