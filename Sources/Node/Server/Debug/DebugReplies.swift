import Wire

extension Refusal {
    static let debugNotAllowed: StaticString = """
        ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a \
        local connection, otherwise you need to set this option in the configuration file, and then restart the \
        server.
        """
}

extension ReplyWriter {
    /// DEBUG PROTOCOL: one reply of each type, for tests of client libraries.
    mutating func sample(of type: String) {
        switch type {
        case "string": bulk("Hello World" as StaticString)
        case "integer": integer(12345)
        case "double": double(3.141)
        case "null": null()
        case "array":
            array(3)
            for number in 0..<3 { integer(number) }
        case "set":
            set(3)
            for number in 0..<3 { integer(number) }
        case "map":
            map(3)
            for number in 0..<3 {
                integer(number)
                boolean(number == 1)
            }
        case "attrib": sampleOfAttribute()
        case "push": sampleOfPush()
        case "bignum": bigNumber("1234567999999999999999999999999999999")
        case "true": boolean(true)
        case "false": boolean(false)
        case "verbatim": verbatim("This is a verbatim\nstring")
        default:
            error(
                """
                ERR Wrong protocol type name. Please use one of the following: \
                string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false
                """ as StaticString)
        }
    }

    private mutating func sampleOfAttribute() {
        if version == .v3 {
            attribute(1)
            bulk("key-popularity" as StaticString)
            array(2)
            bulk("key:123" as StaticString)
            integer(90)
        }
        bulk("Some real reply following the attribute" as StaticString)
    }

    private mutating func sampleOfPush() {
        guard version == .v3 else {
            return error("ERR RESP2 is not supported by this command" as StaticString)
        }
        push(2)
        bulk("server-cpu-usage" as StaticString)
        integer(42)
        bulk("Some real reply following the push reply" as StaticString)
    }

    /// DEBUG HELP
    mutating func debugHelp() {
        let lines: [StaticString] = [
            "DEBUG subcommand [argument ...], where subcommand is one of:",
            "DIGEST", "    Digests the whole data set: equal data, equal digest, however many cores.",
            "DIGEST-VALUE key [key ...]", "    Digests values.",
            "ERROR message", "    Answers with an error.",
            "HELP", "    Lists the subcommands.",
            "LOG message", "    Writes a line to the log.",
            "OBJECT key", "    Shows how a value is kept.",
            "PROTOCOL type", "    Answers with a sample of a reply type.",
            "SET-ACTIVE-EXPIRE 0|1", "    Stops or starts removing expired keys that nobody asks for.",
            "SLEEP seconds", "    Lets the node hang.",
            "STRINGMATCH-LEN length pattern", "    Says whether a run of so many letters a matches.",
        ]
        array(lines.count)
        for line in lines { simple(line) }
    }
}
