extension CommandTable {
    /// What was slow, and why.
    @CommandFamily static var diagnostics: [CommandSpec] {
        CommandSpec(.latency, "latency", -2, [], .server, since: "2.8.13")
            .summary("Looks at what made the server slow.", "As its subcommands")
            .subcommands {
                subcommand(
                    .latencyLatest, "latency|latest", 2, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.8.13"
                )
                .summary("Shows the latest spike of every event.", "O(1)")
                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                subcommand(
                    .latencyHistory, "latency|history", 3, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.8.13"
                )
                .summary("Lists the recorded spikes of one event.", "O(1)")
                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                .arguments(.string("event"))
                subcommand(
                    .latencyReset, "latency|reset", -2, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.8.13"
                )
                .summary("Forgets the spikes of some or all events.", "O(1)")
                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                .arguments(.string("event").optional.multiple)
                subcommand(
                    .latencyHistogram, "latency|histogram", -2, [.admin, .noScript, .loading, .stale],
                    .server, since: "7.0.0"
                )
                .summary(
                    "Shows how long commands took, as cumulative counts.",
                    "O(N) in the number of commands with data"
                )
                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                .arguments(.string("command").optional.multiple)
                subcommand(
                    .latencyGraph, "latency|graph", 3, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.8.13"
                )
                .summary("Draws the recorded spikes of one event.", "O(1)")
                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                .arguments(.string("event"))
                subcommand(
                    .latencyDoctor, "latency|doctor", 2, [.admin, .noScript, .loading, .stale], .server,
                    since: "2.8.13"
                )
                .summary("Explains the recorded spikes in prose.", "O(1)")
                .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                subcommand(.latencyHelp, "latency|help", 2, [.loading, .stale], .server, since: "2.8.13")
                    .summary("Lists the subcommands.", "O(1)")
            }

        CommandSpec(.slowlog, "slowlog", -2, [], .server, since: "2.2.12")
            .summary("Looks at the log of slow commands.", "As its subcommands")
            .subcommands {
                subcommand(
                    .slowlogGet, "slowlog|get", -2, [.admin, .loading, .stale], .server, since: "2.2.12"
                )
                .summary("Lists the latest slow commands.", "O(N) in the number of entries returned")
                .tips("request_policy:all_nodes", "nondeterministic_output")
                .history(("4.0.0", "Client address and name."))
                .arguments(.integer("count").optional)
                subcommand(
                    .slowlogLen, "slowlog|len", 2, [.admin, .loading, .stale], .server, since: "2.2.12"
                )
                .summary("Counts the entries of the log.", "O(1)")
                .tips("request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output")
                subcommand(
                    .slowlogReset, "slowlog|reset", 2, [.admin, .loading, .stale], .server, since: "2.2.12"
                )
                .summary("Empties the log.", "O(N) in the number of entries")
                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                subcommand(.slowlogHelp, "slowlog|help", 2, [.loading, .stale], .server, since: "6.2.0")
                    .summary("Lists the subcommands.", "O(1)")
            }
    }
}
