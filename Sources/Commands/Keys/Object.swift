import Keyspace
import Wire

extension Keys {
    /// OBJECT ENCODING | FREQ | IDLETIME | REFCOUNT key, and HELP
    static func object(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        guard case .subcommand(_, let verb) = CommandTable.resolve(call.arguments, reply: &reply) else {
            return
        }
        if verb == .objectHelp { return CommandReply.help(of: .object, reply: &reply) }
        guard let id = shard.find(call.arguments[2], call.hash, in: call.database, at: call.now, .inspect)
        else {
            return reply.null()
        }
        switch verb {
        case .objectEncoding:
            reply.bulk(shard.encoding(of: id).name)
        case .objectFreq:
            guard call.flags.contains(.tracksFrequency) else { throw .noFrequency }
            reply.integer(shard.frequency(of: id, at: call.now))
        case .objectIdleTime:
            guard !call.flags.contains(.tracksFrequency) else { throw .noIdleTime }
            reply.integer(shard.idleSeconds(of: id, at: call.now))
        default:
            reply.integer(references(to: id, in: shard))
        }
    }

    /// Nothing is shared here. Redis shares the numbers below 10000 and reports them as used by everybody.
    private static func references(to id: EntryID, in shard: borrowing Shard) -> Int {
        guard shard.encoding(of: id) == .int, let number = Decimal.parse(shard.value(of: id)) else {
            return 1
        }
        return 0..<10_000 ~= number ? Int(Int32.max) : 1
    }

    /// MEMORY USAGE key [SAMPLES count]; the other subcommands of MEMORY are not about one key.
    static func memory(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        var index = 3
        while index < call.arguments.count {
            guard call.arguments[index].spells("samples"), index + 1 < call.arguments.count else {
                throw .syntax
            }
            guard try call.integer(at: index + 1) >= 0 else { throw .syntax }
            index += 2
        }
        guard let id = shard.find(call.arguments[2], call.hash, in: call.database, at: call.now, .peek) else {
            return reply.null()
        }
        reply.integer(shard.bytes(of: id))
    }
}

extension Encoding {
    /// What OBJECT ENCODING calls it.
    public var name: StaticString {
        switch self {
        case .raw: "raw"
        case .int: "int"
        case .embstr: "embstr"
        }
    }
}
