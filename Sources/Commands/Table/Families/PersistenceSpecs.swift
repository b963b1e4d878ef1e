extension CommandTable {
    /// Files: what survives a restart.
    @CommandFamily static var persistence: [CommandSpec] {
        CommandSpec(.bgsave, "bgsave", -1, [.admin, .noScript, .noAsyncLoading], .server, since: "1.0.0")
            .summary("Writes a snapshot in the background.", "O(1)")
            .history(("3.2.2", "`SCHEDULE`."))
            .arguments(.word("SCHEDULE").since("3.2.2").optional)

        CommandSpec(.lastsave, "lastsave", 1, [.loading, .stale, .fast], .server, since: "1.0.0")
            .summary("Tells when the last good snapshot was finished.", "O(1)")
            .categories([.admin, .dangerous])
            .tips("nondeterministic_output")

        CommandSpec(
            .save, "save", 1, [.admin, .noScript, .noAsyncLoading, .noMulti], .server, since: "1.0.0"
        )
        .summary("Writes a snapshot and answers when it is on the disk.", "O(N) in the number of keys")
    }
}
