import Keyspace
import Wire

extension Strings {
    /// SET key value [NX | XX | IFEQ old] [GET] [EX seconds | PX milliseconds | EXAT time | PXAT time | KEEPTTL]
    static func set(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let value = call.arguments[2]
        if call.arguments.count > 3 { return try setWithOptions(call, on: &shard, reply: &reply) }
        try shard.store(value, .natural(for: value), .clear, for: call)
        reply.ok()
    }

    private static func setWithOptions(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let options = try SetOptions(call.arguments, from: 3, of: .set)
        let change = try options.expiryChange(call)
        if options.returnsOld {
            if let id = try shard.readString(call) {
                reply.bulk(shard.value(of: id))
            } else {
                reply.null()
            }
        }
        guard try holds(options.condition, call, on: &shard) else {
            if !options.returnsOld { reply.null() }
            return
        }
        let value = call.arguments[2]
        try shard.store(value, .natural(for: value), change, for: call)
        if !options.returnsOld { reply.ok() }
    }

    private static func holds(
        _ condition: SetOptions.Condition, _ call: borrowing Call, on shard: inout Shard
    ) throws(CommandError) -> Bool {
        switch condition {
        case .always: return true
        case .missing: return shard.write(call) == nil
        // Storing is what uses the key: one use, not two.
        case .present: return shard.find(call.key, call.hash, in: call.database, at: call.now, .alter) != nil
        case .equal(let index):
            guard let id = shard.find(call.key, call.hash, in: call.database, at: call.now, .alter) else {
                return false
            }
            guard shard.kind(of: id) == .string else { throw .wrongKind }
            return shard.value(of: id).isEqual(to: call.arguments[index])
        }
    }

    /// SETNX key value
    static func setnx(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        guard shard.write(call) == nil else { return reply.integer(0) }
        let value = call.arguments[2]
        try shard.store(value, .natural(for: value), .clear, for: call)
        reply.integer(1)
    }

    /// SETEX key seconds value
    static func setex(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        try set(call, on: &shard, expiring: .after(.seconds, at: 2), reply: &reply)
    }

    /// PSETEX key milliseconds value
    static func psetex(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        try set(call, on: &shard, expiring: .after(.milliseconds, at: 2), reply: &reply)
    }

    private static func set(
        _ call: borrowing Call, on shard: inout Shard, expiring expiry: SetOptions.Expiry,
        reply: inout ReplyWriter
    ) throws(CommandError) {
        let change = try SetOptions(expiry: expiry).expiryChange(call)
        let value = call.arguments[3]
        try shard.store(value, .natural(for: value), change, for: call)
        reply.ok()
    }
}
