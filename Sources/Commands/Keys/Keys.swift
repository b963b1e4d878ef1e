import Keyspace
import Wire

/// Commands on keys whatever their values, and on whole databases.
enum Keys {
    /// DEL key [key ...] and UNLINK
    static func del(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        var removed = 0
        call.forEachKey(in: &shard, .peek) { shard, found in
            guard let id = found else { return }
            shard.remove(id, in: call.database)
            removed += 1
        }
        reply.integer(removed)
    }

    /// EXISTS key [key ...]
    static func exists(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        reply.integer(call.count(in: &shard, .inspect))
    }

    /// TOUCH key [key ...]
    static func touch(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        reply.integer(call.count(in: &shard, .read))
    }

    /// TYPE key
    static func type(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        guard let id = shard.inspect(call) else { return reply.simple("none") }
        reply.simple(shard.kind(of: id).name)
    }

    /// MOVE key db
    static func move(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let target = try call.databaseIndex(at: 2, of: call.databaseCount)
        guard target != call.database else { throw .sameObject }
        guard let id = shard.write(call) else { return reply.integer(0) }
        guard shard.find(call.key, call.hash, in: target, at: call.now, .write) == nil else {
            return reply.integer(0)
        }
        let value = ByteBuffer(shard.value(of: id))
        let (encoding, expiry) = (shard.encoding(of: id), shard.expiry(of: id))
        let moved = shard.store(
            call.key, call.hash, in: target, value: value.bytes, encoding: encoding,
            expiry: expiry.map(ExpiryChange.at) ?? .clear, at: call.now)
        guard moved != nil else { throw .outOfMemory }
        // The store may have moved the entry.
        if let id = shard.find(call.key, call.hash, in: call.database, at: call.now, .peek) {
            shard.remove(id, in: call.database)
        }
        reply.integer(1)
    }

    /// RANDOMKEY
    static func randomkey(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        guard let id = shard.randomEntry(in: call.database, at: call.now, random: call.random) else {
            return reply.null()
        }
        reply.bulk(shard.key(of: id))
    }

    /// KEYS pattern
    static func keys(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        let pattern = KeyPattern(call.arguments[1])
        let place = reply.place()
        var found = 0
        var cursor: UInt64 = 0
        var ids: [EntryID] = []
        repeat {
            ids.removeAll(keepingCapacity: true)
            cursor = shard.scan(in: call.database, from: cursor, into: &ids)
            for id in ids where !shard.isExpired(id, at: call.now) && pattern.matches(shard.key(of: id)) {
                reply.bulk(shard.key(of: id))
                found += 1
            }
        } while cursor != 0
        reply.makeArray(of: found, from: place)
    }
}

/// A pattern for keys; `*` matches every key, the empty one included.
struct KeyPattern: ~Escapable {
    private let pattern: RawSpan
    private let matchesAll: Bool

    @_lifetime(copy pattern)
    init(_ pattern: RawSpan) {
        self.pattern = pattern
        matchesAll = pattern.spells("*")
    }

    func matches(_ key: RawSpan) -> Bool { matchesAll || Glob.matches(pattern: pattern, text: key) }
}

extension Call {
    /// How many of the arguments are keys that exist, repetitions counted.
    func count(in shard: inout Shard, _ mode: LookupMode) -> Int {
        var count = 0
        forEachKey(in: &shard, mode) { _, found in count += found == nil ? 0 : 1 }
        return count
    }
}

extension ValueKind {
    /// What TYPE calls it.
    var name: StaticString {
        switch self {
        case .string: "string"
        }
    }
}
