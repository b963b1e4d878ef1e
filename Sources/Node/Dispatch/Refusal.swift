import Commands
import Wire

/// Error replies of the dispatcher, word for word those of redis-server. Pure.
enum Refusal {
    /// Bytes of the arguments quoted in "unknown command".
    private static let quotedMax = 128

    /// No such command.
    static func unknownCommand(_ arguments: Arguments, _ reply: inout ReplyWriter) {
        var text = ByteBuffer()
        text.append("ERR unknown command '")
        text.append(arguments[0].prefix(quotedMax))
        text.append("', with args beginning with: ")
        var quoted = 0
        for index in 1..<max(1, arguments.count) where quoted < quotedMax {
            let argument = arguments[index].prefix(quotedMax - quoted)
            text.append("'")
            text.append(argument)
            text.append("' ")
            quoted += argument.byteCount + 3
        }
        reply.error(text.bytes)
    }

    /// Too few or too many arguments.
    static func wrongArity(of name: String, _ reply: inout ReplyWriter) {
        reply.error("ERR wrong number of arguments for '\(name)' command")
    }

    /// A container without such a subcommand.
    static func unknownSubcommand(_ name: RawSpan, of container: CommandID, _ reply: inout ReplyWriter) {
        var text = ByteBuffer()
        text.append("ERR unknown subcommand '")
        text.append(name.prefix(quotedMax))
        text.append("'. Try ")
        text.append(CommandTable.spec(of: container).name.uppercased())
        text.append(" HELP.")
        reply.error(text.bytes)
    }

    static let mustAuthenticate: StaticString = "NOAUTH Authentication required."
    static let outOfMemory: StaticString = "OOM command not allowed when used memory > 'maxmemory'."
}

extension RawSpan {
    /// At most the first `count` bytes.
    @_lifetime(copy self)
    func prefix(_ count: Int) -> RawSpan { extracting(0..<min(max(0, count), byteCount)) }
}
