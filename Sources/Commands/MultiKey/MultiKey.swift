public import Keyspace
public import Wire

/// Commands whose data flows between keys, in three steps that know nothing of each other's cores:
///
///     gather    on each key's shard:  what is needed of the key     -> KeyImage
///     combine   anywhere:             the images, in key order      -> the reply and [KeyWrite]
///     apply     on each key's shard:  one write                     -> done, or no room
///
/// On one shard they run one after the other (`execute`). Across shards the node holds the keys meanwhile. Writes are
/// applied in order; if one finds no room, those before it are undone with `undo`, and the reply is that of
/// `refuseForMemory`.
public enum MultiKey {
    /// What is needed of one key.
    /// - Parameter keyIndex: which argument is the key.
    public static func gather(_ call: borrowing Call, keyIndex: Int, on shard: inout Shard) -> KeyImage {
        switch call.command {
        case .bitop where keyIndex > 2, .lcs:
            return shard.image(call, keyIndex, in: call.database, .read, withValue: true)
        case .rename where keyIndex == 1, .renamenx where keyIndex == 1:
            return shard.image(call, keyIndex, in: call.database, .write, withValue: true)
        case .copy where keyIndex == 1:
            return shard.image(call, keyIndex, in: call.database, .read, withValue: true)
        case .copy:
            guard let options = try? CopyOptions(call) else { return .missing }
            return shard.image(call, keyIndex, in: options.database, .write, withValue: false)
        case .renamenx, .msetnx:
            return shard.image(call, keyIndex, in: call.database, .write, withValue: false)
        default:
            // What is only overwritten need not be known.
            return .missing
        }
    }

    /// Decides: writes the reply and says what is to be written. On an error there is nothing to write.
    /// - Parameter images: one a key, in the order of `CommandProfile.keyIndices`.
    public static func combine(
        _ call: borrowing Call, _ images: [KeyImage], reply: inout ReplyWriter
    ) -> [KeyWrite] {
        let place = reply.place()
        do throws(CommandError) {
            switch call.command {
            case .bitop: return try bitop(call, images, reply: &reply)
            case .copy: return try copy(call, images, reply: &reply)
            case .lcs: return try lcs(call, images, reply: &reply)
            case .msetnx: return try msetnx(call, images, reply: &reply)
            case .rename, .renamenx: return try rename(call, images, reply: &reply)
            default: preconditionFailure("Only commands with the route .multiKey are combined.")
            }
        } catch {
            reply.discard(from: place)
            error.write(for: call, reply: &reply)
            return []
        }
    }

    /// Makes one change.
    /// - Returns: false if there is no room; then nothing has changed.
    public static func apply(_ write: KeyWrite, of call: borrowing Call, on shard: inout Shard) -> Bool {
        let key = call.arguments[write.keyIndex]
        let hash = shard.hash(key)
        switch write.change {
        case .store(let bytes, let encoding, let expiry):
            let stored = shard.store(
                key, hash, in: write.database, value: bytes.span.raw, encoding: encoding, expiry: expiry,
                at: call.now)
            return stored != nil
        case .remove:
            if let id = shard.find(key, hash, in: write.database, at: call.now, .peek) {
                shard.remove(id, in: write.database)
            }
            return true
        }
    }

    /// Takes back a change because a later one of the same call found no room. Only MSETNX makes more than one store,
    /// and its keys did not exist before.
    public static func undo(_ write: KeyWrite, of call: borrowing Call, on shard: inout Shard) {
        var removal = write
        removal.change = .remove
        _ = apply(removal, of: call, on: &shard)
    }

    /// The reply of a call whose changes found no room.
    public static func refuseForMemory(_ call: borrowing Call, reply: inout ReplyWriter) {
        CommandError.outOfMemory.write(for: call, reply: &reply)
    }

    /// All three steps on one shard.
    static func execute(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let keys = CommandTable.profile(of: call.command).keyIndices(argumentCount: call.arguments.count)
        var images: [KeyImage] = []
        images.reserveCapacity(keys.count)
        for position in keys.indices { images.append(gather(call, keyIndex: keys[position], on: &shard)) }
        let writes = combine(call, images, reply: &reply)
        for (count, write) in writes.enumerated() where !apply(write, of: call, on: &shard) {
            for done in writes[..<count].reversed() { undo(done, of: call, on: &shard) }
            throw .outOfMemory
        }
    }
}

extension Shard {
    /// What there is to know of one key.
    mutating func image(
        _ call: borrowing Call, _ keyIndex: Int, in database: DatabaseIndex, _ mode: LookupMode,
        withValue: Bool
    ) -> KeyImage {
        let key = call.arguments[keyIndex]
        guard let id = find(key, hash(key), in: database, at: call.now, mode) else { return .missing }
        guard withValue else { return KeyImage(kind: kind(of: id)) }
        return KeyImage(
            kind: kind(of: id), bytes: value(of: id).copied(), encoding: encoding(of: id),
            expiry: expiry(of: id))
    }
}
