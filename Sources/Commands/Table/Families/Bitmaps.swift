extension CommandTable {
    /// Strings taken as rows of bits and of small integers.
    @CommandFamily static var bitmaps: [CommandSpec] {
        CommandSpec(.bitcount, "bitcount", -2, [.readonly], .bitmap, since: "2.6.0")
            .summary(
                "Counts the one bits of a string or of a part of it.",
                "O(N) in the number of bytes looked at")
            .keys(.at(1, [.readOnly, .access]))
            .history(("7.0.0", "`BYTE` and `BIT` say what the positions count."))
            .arguments(
                .key(),
                .block(
                    "index",
                    .integer("start"),
                    .integer("end"),
                    .oneOf("index_unit", .word("BYTE"), .word("BIT")).since("7.0.0").optional).optional)

        CommandSpec(.bitfield, "bitfield", -2, [.write, .denyOOM], .bitmap, since: "3.2.0")
            .summary("Reads and changes integers of any width inside a string.", "O(1) for each operation")
            .keys(
                .at(1, [.readWrite, .access, .update, .variable],
                    notes: "Reads, and writes unless every operation is a GET."))
            .arguments(
                .key(),
                .oneOf(
                    "operation",
                    .block(
                        "encoding_offset",
                        .string("encoding"),
                        .integer("offset")).after("GET"),
                    .block(
                        "write",
                        .oneOf(
                            "wrap_sat_fail",
                            .word("WRAP"),
                            .word("SAT"),
                            .word("FAIL")).after("OVERFLOW").optional,
                        .oneOf(
                            "write_operation",
                            .block(
                                "encoding_offset_value",
                                .string("encoding"),
                                .integer("offset"),
                                .integer("value")).after("SET"),
                            .block(
                                "encoding_offset_increment",
                                .string("encoding"),
                                .integer("offset"),
                                .integer("increment")).after("INCRBY")))).optional.multiple)

        CommandSpec(.bitfieldRO, "bitfield_ro", -2, [.readonly, .fast], .bitmap, since: "6.0.0")
            .summary("Reads integers of any width inside a string.", "O(1) for each operation")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(
                .key(),
                .block(
                    "encoding_offset",
                    .string("encoding"),
                    .integer("offset")).after("GET").optional.multiple.eachWithToken)

        CommandSpec(.bitop, "bitop", -4, [.write, .denyOOM], .bitmap, since: "2.6.0")
            .summary(
                "Combines the bits of strings and stores the outcome.",
                "O(N) in the length of the longest string")
            .keys(.at(2, [.overwrite, .update]), .from(3, [.readOnly, .access]))
            .route(.multiKey)
            .arguments(.string("operation"), .key("destkey"), .key(spec: 1).multiple)

        CommandSpec(.bitpos, "bitpos", -3, [.readonly], .bitmap, since: "2.8.7")
            .summary("Finds the first bit of a kind in a string.", "O(N) in the number of bytes looked at")
            .keys(.at(1, [.readOnly, .access]))
            .history(("7.0.0", "`BYTE` and `BIT` say what the positions count."))
            .arguments(
                .key(),
                .integer("bit"),
                .block(
                    "index",
                    .integer("start"),
                    .block(
                        "end_index",
                        .integer("end"),
                        .oneOf("index_unit", .word("BYTE"), .word("BIT")).since("7.0.0").optional).optional).optional)

        CommandSpec(.getbit, "getbit", 3, [.readonly, .fast], .bitmap, since: "2.2.0")
            .summary("Reads one bit of a string.", "O(1)")
            .keys(.at(1, [.readOnly, .access]))
            .arguments(.key(), .integer("offset"))

        CommandSpec(.setbit, "setbit", 4, [.write, .denyOOM], .bitmap, since: "2.2.0")
            .summary("Writes one bit of a string and returns the one it replaced.", "O(1)")
            .keys(.at(1, [.readWrite, .access, .update]))
            .arguments(.key(), .integer("offset"), .integer("value"))
    }
}
