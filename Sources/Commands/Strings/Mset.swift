import Keyspace
import Wire

extension Strings {
    /// MSET key value [key value ...]
    static func mset(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        guard call.arguments.count % 2 == 1 else { throw .oddPairs }
        for index in stride(from: 1, to: call.arguments.count, by: 2) {
            let (key, value) = (call.arguments[index], call.arguments[index + 1])
            let stored = shard.store(
                key, index == 1 ? call.hash : shard.hash(key), in: call.database, value: value,
                encoding: .natural(for: value), expiry: .clear, at: call.now)
            guard stored != nil else { throw .outOfMemory }
        }
        reply.ok()
    }
}
