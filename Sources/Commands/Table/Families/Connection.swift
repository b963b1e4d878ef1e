extension CommandTable {
    /// One connection and its state.
    @CommandFamily static var connection: [CommandSpec] {
        CommandSpec(.asking, "asking", 1, [.fast], .cluster, since: "3.0.0")
            .summary("Lets the next command reach a slot that is being imported.", "O(1)")
            .also(.connection)

        CommandSpec(.auth, "auth", -2, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy], .connection, since: "1.0.0")
            .summary("Proves who the client is.", "O(N) in the number of passwords of the user")
            .history(("6.0.0", "Takes a user name before the password."))
            .arguments(.string("username").since("6.0.0").optional, .string("password"))

        CommandSpec(.echo, "echo", 2, [.loading, .stale, .fast], .connection, since: "1.0.0")
            .summary("Returns its argument.", "O(1)")
            .arguments(.string("message"))

        CommandSpec(.hello, "hello", -1, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy], .connection, since: "6.0.0")
            .summary("Agrees on a protocol version, and may authenticate and name the connection.", "O(1)")
            .history(("6.2.0", "The version may be left out to see the connection's state."))
            .arguments(
                .block(
                    "arguments",
                    .integer("protover"),
                    .block(
                        "username_password",
                        .string("username"),
                        .string("password")).after("AUTH").optional,
                    .string("clientname").after("SETNAME").optional).optional)

        CommandSpec(.ping, "ping", -1, [.fast], .connection, since: "1.0.0")
            .summary("Answers PONG, or the given message.", "O(1)")
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .arguments(.string("message").optional)

        CommandSpec(.quit, "quit", -1, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy], .connection, since: "1.0.0")
            .summary("Ends the connection after the reply.", "O(1)")

        CommandSpec(.readonly, "readonly", 1, [.loading, .stale, .fast], .cluster, since: "3.0.0")
            .summary("Allows this connection to read from a replica.", "O(1)")
            .also(.connection)

        CommandSpec(.readwrite, "readwrite", 1, [.loading, .stale, .fast], .cluster, since: "3.0.0")
            .summary("Takes back READONLY.", "O(1)")
            .also(.connection)

        CommandSpec(.reset, "reset", 1, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy], .connection, since: "6.2.0")
            .summary("Brings the connection back to the state of a new one.", "O(1)")

        CommandSpec(.select, "select", 2, [.loading, .stale, .fast], .connection, since: "1.0.0")
            .summary("Chooses the database for the commands that follow.", "O(1)")
            .arguments(.integer("index"))
    }
}
