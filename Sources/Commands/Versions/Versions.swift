import Keyspace
import Wire

/// Optimistic locking. An entry gets a version when somebody asks for it with GETS; from then on every write gives
/// it another one, and no version ever comes back, not even with a key that was deleted and created again.
enum Versions {
    /// GETS key
    static func gets(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) throws(CommandError) {
        guard let id = try shard.readString(call) else { return reply.nullArray() }
        guard let (versioned, version) = shard.version(of: id) else { throw .outOfMemory }
        reply.array(2)
        reply.bulk(shard.value(of: versioned))
        reply.integer(Int64(version))
    }

    /// CAS key version value [EX seconds | PX milliseconds | EXAT time | PXAT time | KEEPTTL]
    static func cas(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) throws(CommandError) {
        let version = try call.integer(at: 2)
        let options = try SetOptions(call.arguments, from: 4, of: .cas)
        let change = try options.expiryChange(call)
        guard let id = try shard.writeString(call), let current = shard.currentVersion(of: id),
            Int64(bitPattern: current) == version
        else { return reply.null() }
        let value = call.arguments[3]
        try shard.store(value, .natural(for: value), change, for: call)
        reply.ok()
    }
}
