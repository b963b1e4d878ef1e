extension CommandTable {
    /// Whole databases.
    @CommandFamily static var databases: [CommandSpec] {
        CommandSpec(.dbsize, "dbsize", 1, [.readonly, .fast], .server, since: "1.0.0")
            .summary("Counts the keys of the selected database.", "O(1)")
            .also(.keyspace)
            .route(.everyShard(.sum))
            .tips("request_policy:all_shards", "response_policy:agg_sum")

        CommandSpec(.flushall, "flushall", -1, [.write], .server, since: "1.0.0")
            .summary("Removes every key of every database.", "O(N) in the number of keys")
            .also([.dangerous, .keyspace])
            .route(.everyShard(.ok))
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .history(("4.0.0", "`ASYNC`."), ("6.2.0", "`SYNC`."))
            .arguments(
                .oneOf(
                    "async",
                    .word("ASYNC").since("4.0.0"),
                    .word("SYNC").since("6.2.0")).optional)

        CommandSpec(.flushdb, "flushdb", -1, [.write], .server, since: "1.0.0")
            .summary(
                "Removes every key of the selected database.",
                "O(N) in the number of keys of the database")
            .also([.dangerous, .keyspace])
            .route(.everyShard(.ok))
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .history(("4.0.0", "`ASYNC`."), ("6.2.0", "`SYNC`."))
            .arguments(
                .oneOf(
                    "async",
                    .word("ASYNC").since("4.0.0"),
                    .word("SYNC").since("6.2.0")).optional)

        CommandSpec(.swapdb, "swapdb", 3, [.write, .fast], .server, since: "4.0.0")
            .summary(
                "Lets two databases trade places.",
                "O(N) in the number of clients that wait on keys of either")
            .also([.dangerous, .keyspace])
            .route(.everyShard(.ok))
            .arguments(.integer("index1"), .integer("index2"))
    }
}
