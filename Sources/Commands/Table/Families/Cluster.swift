extension CommandTable {
    /// The cluster, and what clients of one ask on connect.
    @CommandFamily static var cluster: [CommandSpec] {
        CommandSpec(.cluster, "cluster", -2, [], .cluster, since: "3.0.0")
            .summary("Looks at the cluster and this node's place in it.", "As its subcommands")
            .subcommands {
                subcommand(.clusterSlots, "cluster|slots", 2, [.stale], .cluster, since: "3.0.0")
                    .summary(
                        "Maps ranges of slots to the nodes that serve them.",
                        "O(N) in the number of nodes")
                    .tips("nondeterministic_output")
                    .history(("4.0.0", "Node ids."), ("7.0.0", "Network metadata of each node."))
                    .deprecated(since: "7.0.0", use: "`CLUSTER SHARDS`")
                subcommand(.clusterShards, "cluster|shards", 2, [.stale], .cluster, since: "7.0.0")
                    .summary(
                        "Describes every shard with its slots and nodes.",
                        "O(N) in the number of nodes")
                    .tips("nondeterministic_output")
                subcommand(.clusterNodes, "cluster|nodes", 2, [.stale], .cluster, since: "3.0.0")
                    .summary(
                        "Describes every node with its slots, one a line.",
                        "O(N) in the number of nodes")
                    .tips("nondeterministic_output")
                subcommand(.clusterInfo, "cluster|info", 2, [.stale], .cluster, since: "3.0.0")
                    .summary("Reports the state of the cluster as this node sees it.", "O(1)")
                    .tips("nondeterministic_output")
                subcommand(.clusterKeySlot, "cluster|keyslot", 3, [.stale], .cluster, since: "3.0.0")
                    .summary("Tells which slot a key hashes to.", "O(N) in the length of the key")
                    .arguments(.string("key"))
                subcommand(.clusterMyID, "cluster|myid", 2, [.stale], .cluster, since: "3.0.0")
                    .summary("Tells this node's id.", "O(1)")
                subcommand(.clusterHelp, "cluster|help", 2, [.loading, .stale], .cluster, since: "5.0.0")
                    .summary("Lists the subcommands.", "O(1)")
            }

        CommandSpec(.function, "function", -2, [], .scripting, since: "7.0.0")
            .summary("Manages server-side functions.", "As its subcommands")
            .categories([])
            .subcommands {
                subcommand(.functionFlush, "function|flush", -2, [.write, .noScript], .scripting, since: "7.0.0")
                    .summary("Removes every function.", "O(N) in the number of functions")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .arguments(.oneOf("async", .word("ASYNC"), .word("SYNC")).optional)
                subcommand(.functionHelp, "function|help", 2, [.loading, .stale], .scripting, since: "7.0.0")
                    .summary("Lists the subcommands.", "O(1)")
            }
    }
}
