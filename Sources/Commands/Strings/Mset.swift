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
        var group = KeyGroup(of: call, from: 1, step: 2, on: shard)
        while group.count > 0 {
            for place in 0..<group.count where !shard.storePair(call, group.index(place), group[place]) {
                shard.takeBack(call, before: group.index(place), old)
                throw .outOfMemory
            }
            group = KeyGroup(of: call, from: group.index(group.count), step: 2, on: shard)
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

    @inline(__always)
    fileprivate mutating func storePair(_ call: borrowing Call, _ index: Int, _ hash: KeyHash) -> Bool {
        let (key, value) = (call.arguments[index], call.arguments[index + 1])
        let stored = store(
            key, hash, in: call.database, value: value, encoding: .natural(for: value), expiry: .clear,
            at: call.now)
        return stored != nil
    }

    /// Undoes the pairs before an argument. What is new goes first, so that there is room for what comes back.
    fileprivate mutating func takeBack(_ call: borrowing Call, before end: Int, _ old: [KeyImage]) {
        for new in stride(from: 1, to: end, by: 2) { restore(.missing, call, new) }
        for (image, index) in zip(old, stride(from: 1, to: end, by: 2)) { restore(image, call, index) }
    }

    /// Brings a key back to what it was.
    fileprivate mutating func restore(_ image: KeyImage, _ call: borrowing Call, _ index: Int) {
        let write =
            image.exists ? image.stored(at: index, in: call.database) : .remove(index, in: call.database)
        _ = MultiKey.apply(write, of: call, on: &self)
    }
}
