import Keyspace
import Wire

extension Strings {
    /// MSET key value [key value ...]
    ///
    /// All keys or none: where it is not certain that all find room, what they held is remembered first.
    static func mset(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        guard call.arguments.count % 2 == 1 else { throw .oddPairs }
        let old = shard.hasRoom(for: call.arguments) ? [] : shard.images(call)
        for index in stride(from: 1, to: call.arguments.count, by: 2) {
            guard shard.storePair(call, index) else {
                // What is new goes first, so that there is room for what comes back.
                for new in stride(from: 1, to: index, by: 2) { shard.restore(.missing, call, new) }
                for (image, index) in zip(old, stride(from: 1, to: index, by: 2)) {
                    shard.restore(image, call, index)
                }
                throw .outOfMemory
            }
        }
        reply.ok()
    }
}

extension Shard {
    /// True if the arguments surely fit as so many new keys: each with a block of up to twice its size, a new slab
    /// and a new table segment, and the directory twice as large.
    fileprivate func hasRoom(for arguments: borrowing Arguments) -> Bool {
        arguments.count <= 3
            || 2 * arguments.bytes.byteCount + (64 << 10) * arguments.count + usedBytes / 16 <= untouchedBytes
    }

    fileprivate mutating func images(_ call: borrowing Call) -> [KeyImage] {
        stride(from: 1, to: call.arguments.count, by: 2).map { index in
            image(call, index, in: call.database, .peek, withValue: true)
        }
    }

    fileprivate mutating func storePair(_ call: borrowing Call, _ index: Int) -> Bool {
        let (key, value) = (call.arguments[index], call.arguments[index + 1])
        let stored = store(
            key, index == 1 ? call.hash : hash(key), in: call.database, value: value,
            encoding: .natural(for: value), expiry: .clear, at: call.now)
        return stored != nil
    }

    /// Brings a key back to what it was.
    fileprivate mutating func restore(_ image: KeyImage, _ call: borrowing Call, _ index: Int) {
        let write =
            image.exists ? image.stored(at: index, in: call.database) : .remove(index, in: call.database)
        _ = MultiKey.apply(write, of: call, on: &self)
    }
}
