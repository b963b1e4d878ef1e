extension CommandTable {
    /// When keys go.
    @CommandFamily static var expiry: [CommandSpec] {
        CommandSpec(.expire, "expire", -3, [.write, .fast], .generic, since: "1.0.0")
            .summary("Lets a key expire after some seconds.", "O(1)")
            .keys(.at(1, [.readWrite, .update]))
            .history(("7.0.0", "`NX`, `XX`, `GT`, `LT`."))
            .arguments(
                .key(),
                .integer("seconds"),
                .oneOf(
                    "condition",
                    .word("NX"),
                    .word("XX"),
                    .word("GT"),
                    .word("LT")).since("7.0.0").optional)

        CommandSpec(.expireat, "expireat", -3, [.write, .fast], .generic, since: "1.2.0")
            .summary("Lets a key expire at a Unix time in seconds.", "O(1)")
            .keys(.at(1, [.readWrite, .update]))
            .history(("7.0.0", "`NX`, `XX`, `GT`, `LT`."))
            .arguments(
                .key(),
                .unixTime("unix-time-seconds"),
                .oneOf(
                    "condition",
                    .word("NX"),
                    .word("XX"),
                    .word("GT"),
                    .word("LT")).since("7.0.0").optional)

        CommandSpec(.expiretime, "expiretime", 2, [.readonly, .fast], .generic, since: "7.0.0")
            .summary("Tells the Unix time in seconds at which a key expires.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(.key())

        CommandSpec(.persist, "persist", 2, [.write, .fast], .generic, since: "2.2.0")
            .summary("Takes the expiry off a key.", "O(1)")
            .keys(.at(1, [.readWrite, .update]))
            .arguments(.key())

        CommandSpec(.pexpire, "pexpire", -3, [.write, .fast], .generic, since: "2.6.0")
            .summary("Lets a key expire after some milliseconds.", "O(1)")
            .keys(.at(1, [.readWrite, .update]))
            .history(("7.0.0", "`NX`, `XX`, `GT`, `LT`."))
            .arguments(
                .key(),
                .integer("milliseconds"),
                .oneOf(
                    "condition",
                    .word("NX"),
                    .word("XX"),
                    .word("GT"),
                    .word("LT")).since("7.0.0").optional)

        CommandSpec(.pexpireat, "pexpireat", -3, [.write, .fast], .generic, since: "2.6.0")
            .summary("Lets a key expire at a Unix time in milliseconds.", "O(1)")
            .keys(.at(1, [.readWrite, .update]))
            .history(("7.0.0", "`NX`, `XX`, `GT`, `LT`."))
            .arguments(
                .key(),
                .unixTime("unix-time-milliseconds"),
                .oneOf(
                    "condition",
                    .word("NX"),
                    .word("XX"),
                    .word("GT"),
                    .word("LT")).since("7.0.0").optional)

        CommandSpec(.pexpiretime, "pexpiretime", 2, [.readonly, .fast], .generic, since: "7.0.0")
            .summary("Tells the Unix time in milliseconds at which a key expires.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(.key())

        CommandSpec(.pttl, "pttl", 2, [.readonly, .fast], .generic, since: "2.6.0")
            .summary("Tells in how many milliseconds a key expires.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .tips("nondeterministic_output")
            .history(("2.8.0", "-2 for a key that does not exist."))
            .arguments(.key())

        CommandSpec(.ttl, "ttl", 2, [.readonly, .fast], .generic, since: "1.0.0")
            .summary("Tells in how many seconds a key expires.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .tips("nondeterministic_output")
            .history(("2.8.0", "-2 for a key that does not exist."))
            .arguments(.key())
    }
}
