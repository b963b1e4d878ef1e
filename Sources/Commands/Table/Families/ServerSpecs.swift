extension CommandTable {
    /// The server: settings, reports, logs, tools.
    @CommandFamily static var server: [CommandSpec] {
        CommandSpec(
            .bgrewriteaof, "bgrewriteaof", 1, [.admin, .noScript, .noAsyncLoading], .server, since: "1.0.0"
        )
        .summary("Rewrites the append-only file in the background.", "O(1)")

        CommandSpec(.waitaof, "waitaof", 4, [.noScript], .generic, since: "7.2.0")
            .summary("Waits until earlier writes are in the append-only file on the disk.", "O(1)")
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .arguments(.integer("numlocal"), .integer("numreplicas"), .integer("timeout"))

        CommandSpec(.config, "config", -2, [], .server, since: "2.0.0")
            .summary("Reads and changes the server's settings.", "As its subcommands")
            .subcommands {
                subcommand(
                    .configGet, "config|get", -3, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.0.0"
                )
                .summary("Reads the settings whose names match.", "O(N) in the number of settings")
                .history(("7.0.0", "Takes more than one pattern."))
                .arguments(.block("parameter", .string("parameter")).multiple)
                subcommand(
                    .configSet, "config|set", -4, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.0.0"
                )
                .summary(
                    "Changes settings while the server runs, all or none.",
                    "O(N) in the number of settings given"
                )
                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                .history(("7.0.0", "Takes more than one setting."))
                .arguments(
                    .block(
                        "parameter_value",
                        .string("parameter"),
                        .string("value")
                    ).multiple)
                subcommand(
                    .configResetStat, "config|resetstat", 2, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.0.0"
                )
                .summary("Sets the counters of INFO back to zero.", "O(1)")
                subcommand(
                    .configRewrite, "config|rewrite", 2, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.8.0"
                )
                .summary(
                    "Brings the configuration file in line with the settings in force.",
                    "O(N) in the number of settings")
                subcommand(.configHelp, "config|help", 2, [.loading, .stale], .server, since: "5.0.0")
                    .summary("Lists the subcommands.", "O(1)")
            }

        CommandSpec(.debug, "debug", -2, [.admin, .noScript, .loading, .stale], .server, since: "1.0.0")
            .summary("Tools for test suites and for looking inside.", "As its subcommands")
            .forSystem

        CommandSpec(.info, "info", -1, [.loading, .stale], .server, since: "1.0.0")
            .summary("Reports about the server, section by section.", "O(1)")
            .also(.dangerous)
            .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
            .history(("7.0.0", "Takes more than one section."))
            .arguments(.string("section").optional.multiple)

        CommandSpec(.lolwut, "lolwut", -1, [.readonly, .fast], .server, since: "5.0.0")
            .summary("Draws something, and tells the version.")
            .arguments(.integer("version").after("VERSION").optional)

        CommandSpec(.memory, "memory", -2, [], .server, since: "4.0.0")
            .summary("Looks at where the memory went.", "As its subcommands")
            .subcommands {
                subcommand(.memoryUsage, "memory|usage", -3, [.readonly], .server, since: "4.0.0")
                    .summary(
                        "Tells how many bytes a key and its value take.",
                        "O(N) in the number of samples"
                    )
                    .keys(.at(2, .readOnly))
                    .arguments(.key(), .integer("count").after("SAMPLES").optional)
                subcommand(.memoryStats, "memory|stats", 2, [], .server, since: "4.0.0")
                    .summary("Reports where memory is used.", "O(1)")
                    .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                subcommand(.memoryDoctor, "memory|doctor", 2, [], .server, since: "4.0.0")
                    .summary("Explains memory problems in prose.", "O(1)")
                    .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                subcommand(.memoryPurge, "memory|purge", 2, [], .server, since: "4.0.0")
                    .summary("Gives free memory back to the system.", "O(N) in the size of the free lists")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded")
                subcommand(.memoryHelp, "memory|help", 2, [.loading, .stale], .server, since: "4.0.0")
                    .summary("Lists the subcommands.", "O(1)")
            }

        CommandSpec(.monitor, "monitor", 1, [.admin, .noScript, .loading, .stale], .server, since: "1.0.0")
            .summary("Streams every command the server runs.")

        CommandSpec(
            .shutdown, "shutdown", -1, [.admin, .noScript, .loading, .stale, .noMulti, .allowBusy], .server,
            since: "1.0.0"
        )
        .summary(
            "Ends the server, saving first if it should.",
            "O(N) in the number of keys when saving, otherwise O(1)"
        )
        .history(("7.0.0", "`NOW`, `FORCE`, `ABORT`."))
        .arguments(
            .oneOf("nosave_save", .word("NOSAVE"), .word("SAVE")).optional,
            .word("NOW").since("7.0.0").optional,
            .word("FORCE").since("7.0.0").optional,
            .word("ABORT").since("7.0.0").optional)

        CommandSpec(.time, "time", 1, [.loading, .stale, .fast], .server, since: "2.6.0")
            .summary("Tells the server's time in seconds and microseconds.", "O(1)")
            .tips("nondeterministic_output")
    }
}
