import Wire

/// What a request names.
public enum Resolution: BitwiseCopyable, Sendable {
    /// A command without subcommands, or a container (CONFIG) called by itself.
    case command(CommandID)
    /// A subcommand of a container.
    case subcommand(CommandID, SubcommandID)
    /// Nothing that can run; the error has been written.
    case refused
}

extension CommandTable {
    /// Finds the command or subcommand of a request and checks its number of arguments. What is wrong, if anything
    /// is, has been answered.
    public static func resolve(_ arguments: borrowing Arguments, reply: inout ReplyWriter) -> Resolution {
        guard let id = find(arguments[0]) else {
            unknownCommand(arguments, reply: &reply)
            return .refused
        }
        if id.isContainer, arguments.count > 1 { return resolveSubcommand(of: id, arguments, reply: &reply) }
        guard profile(of: id).accepts(argumentCount: arguments.count) else {
            wrongArgumentCount(spec(of: id), reply: &reply)
            return .refused
        }
        return .command(id)
    }

    private static func resolveSubcommand(
        of container: CommandID, _ arguments: borrowing Arguments, reply: inout ReplyWriter
    ) -> Resolution {
        guard let id = findSubcommand(of: container, arguments[1]) else {
            unknownSubcommand(of: arguments[0], arguments[1], reply: &reply)
            return .refused
        }
        guard spec(of: id).accepts(argumentCount: arguments.count) else {
            wrongArgumentCount(spec(of: id), reply: &reply)
            return .refused
        }
        return .subcommand(container, id)
    }

    /// The error for a call with too few or too many arguments.
    public static func wrongArgumentCount(_ spec: CommandSpec, reply: inout ReplyWriter) {
        reply.error("ERR wrong number of arguments for '\(spec.name)' command")
    }

    /// The error for a name that is not in the table: it repeats the name and the first arguments, each cut so
    /// that the whole stays short.
    public static func unknownCommand(_ arguments: borrowing Arguments, reply: inout ReplyWriter) {
        var text = ByteBuffer()
        text.append("ERR unknown command '")
        text.append(arguments[0].cString(atMost: quotedLengthMax))
        text.append("', with args beginning with: ")
        var quoted = 0
        for index in 1..<max(arguments.count, 1) where quoted < quotedLengthMax {
            let argument = arguments[index].cString(atMost: quotedLengthMax - quoted)
            text.append("'")
            text.append(argument)
            text.append("' ")
            quoted += argument.byteCount + 3
        }
        reply.error(text.bytes)
    }

    /// The error for a subcommand that its container does not know.
    public static func unknownSubcommand(
        of container: RawSpan, _ name: RawSpan, reply: inout ReplyWriter
    ) {
        var text = ByteBuffer()
        text.append("ERR unknown subcommand '")
        text.append(name.cString(atMost: quotedLengthMax))
        text.append("'. Try ")
        for index in container.byteOffsets {
            let byte = container.byte(at: index)
            let isLower = byte &- UInt8(ascii: "a") < 26
            text.append(isLower ? byte &- 32 : byte)
        }
        text.append(" HELP.")
        reply.error(text.bytes)
    }

    /// How much of a stranger's words an error repeats.
    private static let quotedLengthMax = 128
}

extension CommandID {
    /// True for a command that is only a name for its subcommands. COMMAND is one that also runs by itself.
    @inline(__always)
    public var isContainer: Bool {
        switch self {
        case .client, .cluster, .command, .config, .function, .latency, .memory, .object, .slowlog: true
        default: false
        }
    }
}

extension RawSpan {
    /// The bytes up to the first zero byte, and no more than `length` of them: what C prints of a string.
    @_lifetime(copy self)
    func cString(atMost length: Int) -> RawSpan {
        var end = 0
        while end < min(byteCount, length), byte(at: end) != 0 { end += 1 }
        return extracting(0..<end)
    }
}
