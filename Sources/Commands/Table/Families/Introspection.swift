extension CommandTable {
    /// COMMAND: the table telling about itself.
    @CommandFamily static var introspection: [CommandSpec] {
        CommandSpec(.command, "command", -1, [.loading, .stale], .server, since: "2.8.13")
            .summary("Describes every command to client libraries.", "O(N) in the number of commands")
            .also(.connection)
            .tips("nondeterministic_output_order")
            .subcommands {
                subcommand(.commandCount, "command|count", 2, [.loading, .stale], .server, since: "2.8.13")
                    .summary("Counts the commands.", "O(1)")
                    .also(.connection)
                subcommand(.commandList, "command|list", -2, [.loading, .stale], .server, since: "7.0.0")
                    .summary(
                        "Lists command names, filtered if asked for.",
                        "O(N) in the number of commands")
                    .also(.connection)
                    .tips("nondeterministic_output_order")
                    .arguments(
                        .oneOf(
                            "filterby",
                            .string("module-name").after("MODULE"),
                            .string("category").after("ACLCAT"),
                            .pattern("pattern").after("PATTERN")).after("FILTERBY").optional)
                subcommand(.commandInfo, "command|info", -2, [.loading, .stale], .server, since: "2.8.13")
                    .summary(
                        "Describes the named commands, or all of them.",
                        "O(N) in the number of commands asked for")
                    .also(.connection)
                    .tips("nondeterministic_output_order")
                    .history(("7.0.0", "Without names: all commands."))
                    .arguments(.string("command-name").optional.multiple)
                subcommand(.commandDocs, "command|docs", -2, [.loading, .stale], .server, since: "7.0.0")
                    .summary(
                        "Tells what commands are for and which arguments they take.",
                        "O(N) in the number of commands asked for")
                    .also(.connection)
                    .tips("nondeterministic_output_order")
                    .arguments(.string("command-name").optional.multiple)
                subcommand(.commandGetKeys, "command|getkeys", -4, [.loading, .stale], .server, since: "2.8.13")
                    .summary("Picks the keys out of a full command.", "O(N) in the number of arguments")
                    .also(.connection)
                subcommand(.commandGetKeysAndFlags, "command|getkeysandflags", -4, [.loading, .stale], .server, since: "7.0.0")
                    .summary(
                        "Picks the keys out of a full command and tells what happens to each.",
                        "O(N) in the number of arguments")
                    .also(.connection)
                subcommand(.commandHelp, "command|help", 2, [.loading, .stale], .server, since: "5.0.0")
                    .summary("Lists the subcommands.", "O(1)")
                    .also(.connection)
            }
    }
}
