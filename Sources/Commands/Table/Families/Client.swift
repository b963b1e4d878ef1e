extension CommandTable {
    /// CLIENT: connections seen from outside.
    @CommandFamily static var client: [CommandSpec] {
        CommandSpec(.client, "client", -2, [], .connection, since: "2.4.0")
            .summary("Looks at and steers client connections.", "As its subcommands")
            .categories([])
            .subcommands {
                subcommand(.clientID, "client|id", 2, [.noScript, .loading, .stale], .connection, since: "5.0.0")
                    .summary("Tells the connection's number.", "O(1)")
                subcommand(.clientInfo, "client|info", 2, [.noScript, .loading, .stale], .connection, since: "6.2.0")
                    .summary("Describes this connection in one line.", "O(1)")
                    .tips("nondeterministic_output")
                subcommand(.clientList, "client|list", -2, [.admin, .noScript, .loading, .stale], .connection, since: "2.4.0")
                    .summary("Describes connections, one a line.", "O(N) in the number of connections")
                    .tips("nondeterministic_output")
                    .history(
                        ("2.8.12", "Field `id`."),
                        ("5.0.0", "`TYPE`."),
                        ("6.0.0", "Field `user`."),
                        ("6.2.0", "`ID`; fields `argv-mem`, `tot-mem`, `laddr`, `redir`."),
                        ("7.0.0", "Fields `resp`, `multi-mem`, `rbs`, `rbp`."),
                        ("7.0.3", "Field `ssub`."))
                    .arguments(
                        .oneOf(
                            "normal_master_replica_pubsub",
                            .word("NORMAL"),
                            .word("MASTER"),
                            .word("REPLICA"),
                            .word("PUBSUB")).after("TYPE").since("5.0.0").optional,
                        .block("id", .integer("client-id").multiple).after("ID").since("6.2.0").optional)
                subcommand(.clientSetName, "client|setname", 3, [.noScript, .loading, .stale], .connection, since: "2.6.9")
                    .summary("Names the connection.", "O(1)")
                    .arguments(.string("connection-name"))
                subcommand(.clientGetName, "client|getname", 2, [.noScript, .loading, .stale], .connection, since: "2.6.9")
                    .summary("Tells the connection's name.", "O(1)")
                subcommand(.clientSetInfo, "client|setinfo", 4, [.noScript, .loading, .stale], .connection, since: "7.2.0")
                    .summary("Records which client library is connected.", "O(1)")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .arguments(
                        .oneOf(
                            "attr",
                            .string("libname").after("LIB-NAME"),
                            .string("libver").after("LIB-VER")))
                subcommand(.clientKill, "client|kill", -3, [.admin, .noScript, .loading, .stale], .connection, since: "2.4.0")
                    .summary(
                        "Closes the connections that match every filter given.",
                        "O(N) in the number of connections")
                    .history(
                        ("2.8.12", "Filters by name and value."),
                        ("2.8.12", "`ID`."),
                        ("3.2.0", "`TYPE master`."),
                        ("5.0.0", "`TYPE replica`; `slave` means the same."),
                        ("6.2.0", "`LADDR`."))
                    .arguments(
                        .oneOf(
                            "filter",
                            .string("ip:port").deprecated(since: "2.8.12"),
                            .oneOf(
                                "new-format",
                                .integer("client-id").after("ID").since("2.8.12").optional,
                                .oneOf(
                                    "normal_master_slave_pubsub",
                                    .word("NORMAL"),
                                    .word("MASTER").since("3.2.0"),
                                    .word("SLAVE"),
                                    .word("REPLICA").since("5.0.0"),
                                    .word("PUBSUB")).after("TYPE").since("2.8.12").optional,
                                .string("username").after("USER").optional,
                                .string("ip:port").after("ADDR").optional,
                                .string("ip:port").after("LADDR").since("6.2.0").optional,
                                .string("yes/no").after("SKIPME").optional).multiple))
                subcommand(.clientPause, "client|pause", -3, [.admin, .noScript, .loading, .stale], .connection, since: "2.9.50")
                    .summary("Holds back commands of all clients for a while.", "O(1)")
                    .history(("6.2.0", "`WRITE` and `ALL`."))
                    .arguments(
                        .integer("timeout"),
                        .oneOf("mode", .word("WRITE"), .word("ALL")).since("6.2.0").optional)
                subcommand(.clientUnpause, "client|unpause", 2, [.admin, .noScript, .loading, .stale], .connection, since: "6.2.0")
                    .summary("Lets held-back clients go on.", "O(N) in the number of held-back clients")
                subcommand(.clientReply, "client|reply", 3, [.noScript, .loading, .stale], .connection, since: "3.2.0")
                    .summary("Switches this connection's replies on, off, or off for one command.", "O(1)")
                    .arguments(
                        .oneOf(
                            "on_off_skip",
                            .word("ON"),
                            .word("OFF"),
                            .word("SKIP")))
                subcommand(.clientNoEvict, "client|no-evict", 3, [.admin, .noScript, .loading, .stale], .connection, since: "7.0.0")
                    .summary("Spares this connection when client memory runs out.", "O(1)")
                    .arguments(.oneOf("enabled", .word("ON"), .word("OFF")))
                subcommand(.clientNoTouch, "client|no-touch", 3, [.noScript, .loading, .stale], .connection, since: "7.2.0")
                    .summary("Lets this connection's reads leave access times alone.", "O(1)")
                    .arguments(.oneOf("enabled", .word("ON"), .word("OFF")))
                subcommand(.clientGetRedir, "client|getredir", 2, [.noScript, .loading, .stale], .connection, since: "6.0.0")
                    .summary("Tells which connection receives this one's invalidation messages.", "O(1)")
                subcommand(.clientTrackingInfo, "client|trackinginfo", 2, [.noScript, .loading, .stale], .connection, since: "6.2.0")
                    .summary("Tells how this connection's client-side caching is set up.", "O(1)")
                subcommand(.clientHelp, "client|help", 2, [.loading, .stale], .connection, since: "5.0.0")
                    .summary("Lists the subcommands.", "O(1)")
            }
    }
}
