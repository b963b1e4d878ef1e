import Keyspace
import Wire

extension Strings {
    /// GET key
    static func get(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        guard let id = try shard.readString(call) else { return reply.null() }
        reply.bulk(shard.value(of: id))
    }

    /// GETDEL key
    static func getdel(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        guard let id = try shard.readString(call) else { return reply.null() }
        reply.bulk(shard.value(of: id))
        shard.remove(id, in: call.database)
    }

    /// GETEX key [EX seconds | PX milliseconds | EXAT time | PXAT time | PERSIST]
    static func getex(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let options = try SetOptions(call.arguments, from: 2, of: .getex)
        guard let id = try shard.readString(call) else { return reply.null() }
        let deadline = try options.deadline(call)
        reply.bulk(shard.value(of: id))
        if let deadline {
            if deadline <= call.now, !call.flags.contains(.replays) {
                return shard.remove(id, in: call.database)
            }
            guard shard.setExpiry(of: id, to: deadline) != nil else { throw .outOfMemory }
        } else if options.expiry == .persist {
            guard shard.setExpiry(of: id, to: nil) != nil else { throw .outOfMemory }
        }
    }

    /// GETSET key value
    static func getset(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        if let id = try shard.readString(call) {
            reply.bulk(shard.value(of: id))
        } else {
            reply.null()
        }
        let value = call.arguments[2]
        try shard.store(value, .natural(for: value), .clear, for: call)
    }

    /// STRLEN key
    static func strlen(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let id = try shard.readString(call)
        reply.integer(id.map { shard.value(of: $0).byteCount } ?? 0)
    }

    /// GETRANGE key start end, and SUBSTR, its older name
    static func getrange(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let start = try call.integer(at: 2)
        let end = try call.integer(at: 3)
        guard let id = try shard.readString(call), !(start < 0 && end < 0 && start > end) else {
            return reply.bulk("" as StaticString)
        }
        let value = shard.value(of: id)
        guard let range = clip(from: start, through: end, count: value.byteCount) else {
            return reply.bulk("" as StaticString)
        }
        reply.bulk(value.extracting(range))
    }

    /// MGET key [key ...]
    static func mget(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        let mode: LookupMode = call.flags.contains(.noTouch) ? .inspect : .read
        reply.array(call.arguments.count - 1)
        call.forEachKey(in: &shard, mode) { shard, found in
            if let id = found, shard.kind(of: id) == .string {
                reply.bulk(shard.value(of: id))
            } else {
                reply.null()
            }
        }
    }
}
