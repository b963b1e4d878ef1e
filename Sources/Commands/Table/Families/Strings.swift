extension CommandTable {
    /// Plain values: what a cache is for.
    @CommandFamily static var strings: [CommandSpec] {
        CommandSpec(.append, "append", 3, [.write, .denyOOM, .fast], .string, since: "2.0.0")
            .summary(
                "Adds bytes to the end of a string; a missing key starts out empty.",
                "O(1) amortised over the bytes added")
            .keys(.at(1, [.readWrite, .insert]))
            .arguments(.key(), .string("value"))

        CommandSpec(.decr, "decr", 2, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Takes one from the integer held by a key.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key())

        CommandSpec(.decrby, "decrby", 3, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Takes a number from the integer held by a key.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key(), .integer("decrement"))

        CommandSpec(.get, "get", 2, [.readonly, .fast], .string, since: "1.0.0")
            .summary("Reads the string held by a key.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(.key())

        CommandSpec(.getdel, "getdel", 2, [.write, .fast], .string, since: "6.2.0")
            .summary("Reads a string and removes its key in one step.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .delete]))
            .arguments(.key())

        CommandSpec(.getex, "getex", -2, [.write, .fast], .string, since: "6.2.0")
            .summary("Reads a string and changes when its key expires.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update], notes: "Writes because the expiry changes."))
            .arguments(
                .key(),
                .oneOf(
                    "expiration",
                    .integer("seconds").after("EX"),
                    .integer("milliseconds").after("PX"),
                    .unixTime("unix-time-seconds").after("EXAT"),
                    .unixTime("unix-time-milliseconds").after("PXAT"),
                    .word("PERSIST")).optional)

        CommandSpec(.getrange, "getrange", 4, [.readonly], .string, since: "2.4.0")
            .summary(
                "Reads the bytes between two positions of a string.",
                "O(N) in the number of bytes returned")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(.key(), .integer("start"), .integer("end"))

        CommandSpec(.getset, "getset", 3, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Replaces a string and returns what was there before.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .deprecated(since: "6.2.0", use: "`SET` with the `GET` argument")
            .arguments(.key(), .string("value"))

        CommandSpec(.incr, "incr", 2, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Adds one to the integer held by a key.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key())

        CommandSpec(.incrby, "incrby", 3, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Adds a number to the integer held by a key.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key(), .integer("increment"))

        CommandSpec(.incrbyfloat, "incrbyfloat", 3, [.write, .denyOOM, .fast], .string, since: "2.6.0")
            .summary("Adds a decimal number to the number held by a key.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key(), .double("increment"))

        CommandSpec(.lcs, "lcs", -3, [.readonly], .string, since: "7.0.0")
            .summary(
                "Compares two strings by their longest common subsequence.",
                "O(N*M) in the lengths of the two strings")
            .keys(.span(1...2, [.readOnly, .access]))
            .route(.multiKey)
            .arguments(
                .key("key1"),
                .key("key2"),
                .word("LEN").optional,
                .word("IDX").optional,
                .integer("len").after("MINMATCHLEN").optional,
                .word("WITHMATCHLEN").optional)

        CommandSpec(.mget, "mget", -2, [.readonly, .fast], .string, since: "1.0.0")
            .summary("Reads several strings at once.", "O(N) in the number of keys")
            .keys(.from(1, [.readOnly, .access]))
            .route(.eachKey(.gather))
            .tips("request_policy:multi_shard")
            .arguments(.key().multiple)

        CommandSpec(.mset, "mset", -3, [.write, .denyOOM], .string, since: "1.0.1")
            .summary(
                "Writes several strings at once; nobody sees only some of them.",
                "O(N) in the number of keys")
            .keys(.from(1, step: 2, [.overwrite, .update]))
            .route(.eachKey(.ok))
            .tips("request_policy:multi_shard", "response_policy:all_succeeded")
            .arguments(.block("key_value", .key(), .string("value")).multiple)

        CommandSpec(.msetnx, "msetnx", -3, [.write, .denyOOM], .string, since: "1.0.1")
            .summary(
                "Writes several strings at once, provided that none of the keys exists.",
                "O(N) in the number of keys")
            .keys(.from(1, step: 2, [.overwrite, .insert]))
            .route(.multiKey)
            .tips("request_policy:multi_shard", "response_policy:agg_min")
            .arguments(.block("key_value", .key(), .string("value")).multiple)

        CommandSpec(.psetex, "psetex", 4, [.write, .denyOOM], .string, since: "2.6.0")
            .summary("Writes a string that expires after some milliseconds.", "O(1)")
            .keys(.at(1, [.overwrite, .update]))
            .arguments(.key(), .integer("milliseconds"), .string("value"))

        CommandSpec(.set, "set", -3, [.write, .denyOOM], .string, since: "1.0.0")
            .summary("Writes a string, with conditions and an expiry if asked for.", "O(1)")
            .keys(
                .at(1, [.readWrite, .access, .update, .variable],
                    notes: "Reads the key too when `GET` or `IFEQ` is given."))
            .history(
                ("2.6.12", "`EX`, `PX`, `NX`, `XX`."),
                ("6.0.0", "`KEEPTTL`."),
                ("6.2.0", "`GET`, `EXAT`, `PXAT`."),
                ("7.0.0", "`NX` and `GET` may stand together."))
            .arguments(
                .key(),
                .string("value"),
                .oneOf(
                    "condition",
                    .word("NX"),
                    .word("XX"),
                    .string("comparison-value").after("IFEQ")).since("2.6.12").optional,
                .word("GET").since("6.2.0").optional,
                .oneOf(
                    "expiration",
                    .integer("seconds").after("EX").since("2.6.12"),
                    .integer("milliseconds").after("PX").since("2.6.12"),
                    .unixTime("unix-time-seconds").after("EXAT").since("6.2.0"),
                    .unixTime("unix-time-milliseconds").after("PXAT").since("6.2.0"),
                    .word("KEEPTTL").since("6.0.0")).optional)

        CommandSpec(.setex, "setex", 4, [.write, .denyOOM], .string, since: "2.0.0")
            .summary("Writes a string that expires after some seconds.", "O(1)")
            .keys(.at(1, [.overwrite, .update]))
            .arguments(.key(), .integer("seconds"), .string("value"))

        CommandSpec(.setnx, "setnx", 3, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Writes a string unless its key exists.", "O(1)")
            .keys(.at(1, [.overwrite, .insert]))
            .arguments(.key(), .string("value"))

        CommandSpec(.setrange, "setrange", 4, [.write, .denyOOM], .string, since: "2.2.0")
            .summary(
                "Overwrites bytes of a string from a position on, padding with zeros.",
                "O(N) in the number of bytes written or padded")
            .keys(.at(1, [.readWrite, .update]))
            .arguments(.key(), .integer("offset"), .string("value"))

        CommandSpec(.strlen, "strlen", 2, [.readonly, .fast], .string, since: "2.2.0")
            .summary("Tells how many bytes a string has.", "O(1)")
            .keys(.at(1, .readOnly))
            .arguments(.key())

        CommandSpec(.substr, "substr", 4, [.readonly], .string, since: "1.0.0")
            .summary(
                "Reads the bytes between two positions of a string (the older name of GETRANGE).",
                "O(N) in the number of bytes returned")
            .keys(.at(1, [.readOnly, .access]))
            .deprecated(since: "2.0.0", use: "`GETRANGE`")
            .arguments(.key(), .integer("start"), .integer("end"))
    }
}
