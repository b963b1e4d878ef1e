extension CommandTable {
    /// Keys whatever their values.
    @CommandFamily static var keys: [CommandSpec] {
        CommandSpec(.copy, "copy", -3, [.write, .denyOOM], .generic, since: "6.2.0")
            .summary("Stores a key's value under a second key.", "O(N) in the size of the value")
            .keys(.at(1, [.readOnly, .access]), .at(2, [.overwrite, .update]))
            .route(.multiKey)
            .arguments(
                .key("source"),
                .key("destination", spec: 1),
                .integer("destination-db").after("DB").optional,
                .word("REPLACE").optional)

        CommandSpec(.del, "del", -2, [.write], .generic, since: "1.0.0")
            .summary("Removes keys.", "O(N) in the number of keys, and of elements in their values")
            .keys(.from(1, [.remove, .delete]))
            .route(.eachKey(.sum))
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .arguments(.key().multiple)

        CommandSpec(.dump, "dump", 2, [.readonly], .generic, since: "2.6.0")
            .summary("Packs a value up for RESTORE.", "O(N) in the size of the value")
            .keys(.at(1, [.readOnly, .access]))
            .tips("nondeterministic_output")
            .arguments(.key())

        CommandSpec(.exists, "exists", -2, [.readonly, .fast], .generic, since: "1.0.0")
            .summary("Counts how many of the named keys exist.", "O(N) in the number of keys")
            .keys(.from(1, .readOnly))
            .route(.eachKey(.sum))
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .history(("3.0.3", "Takes more than one key."))
            .arguments(.key().multiple)

        CommandSpec(.keys, "keys", 2, [.readonly], .generic, since: "1.0.0")
            .summary(
                "Lists every key that matches a pattern.",
                "O(N) in the number of keys of the database"
            )
            .also(.dangerous)
            .route(.everyShard(.concatenate))
            .tips("request_policy:all_shards", "nondeterministic_output_order")
            .arguments(.pattern("pattern"))

        CommandSpec(.move, "move", 3, [.write, .fast], .generic, since: "1.0.0")
            .summary("Moves a key to another database.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key(), .integer("db"))

        CommandSpec(.object, "object", -2, [], .generic, since: "2.2.3")
            .summary("Looks at how a value is kept.", "As its subcommands")
            .categories([])
            .route(.firstKey)
            .subcommands {
                subcommand(.objectEncoding, "object|encoding", 3, [.readonly], .generic, since: "2.2.3")
                    .summary("Names the representation a value has in memory.", "O(1)")
                    .keys(.at(2, .readOnly))
                    .tips("nondeterministic_output")
                    .arguments(.key())
                subcommand(.objectFreq, "object|freq", 3, [.readonly], .generic, since: "4.0.0")
                    .summary("Tells how often a key is used, on a logarithmic scale.", "O(1)")
                    .keys(.at(2, .readOnly))
                    .tips("nondeterministic_output")
                    .arguments(.key())
                subcommand(.objectIdleTime, "object|idletime", 3, [.readonly], .generic, since: "2.2.3")
                    .summary("Tells for how many seconds a key has not been used.", "O(1)")
                    .keys(.at(2, .readOnly))
                    .tips("nondeterministic_output")
                    .arguments(.key())
                subcommand(.objectRefCount, "object|refcount", 3, [.readonly], .generic, since: "2.2.3")
                    .summary("Tells how many users share a value.", "O(1)")
                    .keys(.at(2, .readOnly))
                    .tips("nondeterministic_output")
                    .arguments(.key())
                subcommand(.objectHelp, "object|help", 2, [.loading, .stale], .generic, since: "6.2.0")
                    .summary("Lists the subcommands.", "O(1)")
            }

        CommandSpec(.randomkey, "randomkey", 1, [.readonly], .generic, since: "1.0.0")
            .summary("Names a key picked at random.", "O(1)")
            .route(.everyShard(.draw))
            .tips("request_policy:all_shards", "nondeterministic_output")

        CommandSpec(.rename, "rename", 3, [.write], .generic, since: "1.0.0")
            .summary("Gives a key another name, replacing what has that name.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .delete]), .at(2, [.overwrite, .update]))
            .route(.multiKey)
            .arguments(.key(), .key("newkey", spec: 1))

        CommandSpec(.renamenx, "renamenx", 3, [.write, .fast], .generic, since: "1.0.0")
            .summary("Gives a key another name unless that name is taken.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .delete]), .at(2, [.overwrite, .insert]))
            .route(.multiKey)
            .history(("3.2.0", "Equal names are no error any more."))
            .arguments(.key(), .key("newkey", spec: 1))

        CommandSpec(.restore, "restore", -4, [.write, .denyOOM], .generic, since: "2.6.0")
            .summary("Makes a key from what DUMP packed up.", "O(N) in the size of the value")
            .also(.dangerous)
            .keys(.at(1, [.overwrite, .update]))
            .history(
                ("3.0.0", "`REPLACE`."), ("5.0.0", "`ABSTTL`."), ("5.0.0", "`IDLETIME` and `FREQ`.")
            )
            .arguments(
                .key(), .integer("ttl"), .string("serialized-value"),
                .word("REPLACE").since("3.0.0").optional,
                .word("ABSTTL").since("5.0.0").optional,
                .integer("seconds").after("IDLETIME").since("5.0.0").optional,
                .integer("frequency").after("FREQ").since("5.0.0").optional)

        CommandSpec(.scan, "scan", -2, [.readonly], .generic, since: "2.8.0")
            .summary(
                "Walks through the keys step by step.",
                "O(1) a step, O(N) for the whole walk over N keys"
            )
            .route(.everyShard(.cursor))
            .tips("nondeterministic_output", "request_policy:special")
            .history(("6.0.0", "`TYPE`."))
            .arguments(
                .integer("cursor"),
                .pattern("pattern").after("MATCH").optional,
                .integer("count").after("COUNT").optional,
                .string("type").after("TYPE").since("6.0.0").optional)

        CommandSpec(.touch, "touch", -2, [.readonly, .fast], .generic, since: "3.2.1")
            .summary("Marks keys as used now and counts those that exist.", "O(N) in the number of keys")
            .keys(.from(1, .readOnly))
            .route(.eachKey(.sum))
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .arguments(.key().multiple)

        CommandSpec(.type, "type", 2, [.readonly, .fast], .generic, since: "1.0.0")
            .summary("Names the type of a key's value.", "O(1)")
            .keys(.at(1, .readOnly))
            .arguments(.key())

        CommandSpec(.unlink, "unlink", -2, [.write, .fast], .generic, since: "4.0.0")
            .summary(
                "Removes keys, freeing large values off the command's path.",
                "O(1) a key, whatever its value"
            )
            .keys(.from(1, [.remove, .delete]))
            .route(.eachKey(.sum))
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .arguments(.key().multiple)
    }
}
