extension CommandTable {
    /// Optimistic locking: read a value with its version, write it back if nobody else did. Ours.
    @CommandFamily static var versions: [CommandSpec] {
        CommandSpec(.cas, "cas", -4, [.write, .denyOOM, .fast], .string, since: "1.0.0")
            .summary("Replaces a string if its version is still the given one.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(
                .key(),
                .integer("version"),
                .string("value"),
                .oneOf(
                    "expiration",
                    .integer("seconds").after("EX"),
                    .integer("milliseconds").after("PX"),
                    .unixTime("unix-time-seconds").after("EXAT"),
                    .unixTime("unix-time-milliseconds").after("PXAT"),
                    .word("KEEPTTL")).optional)

        CommandSpec(.gets, "gets", 2, [.readonly, .fast], .string, since: "1.0.0")
            .summary("Reads a string together with its version.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(.key())
    }
}
