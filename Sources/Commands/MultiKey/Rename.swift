import Keyspace
import Wire

extension MultiKey {
    /// RENAME key newkey, RENAMENX key newkey
    static func rename(
        _ call: borrowing Call, _ images: [KeyImage], reply: inout ReplyWriter
    ) throws(CommandError) -> [KeyWrite] {
        let (source, target) = (images[0], images[1])
        let isCareful = call.command == .renamenx
        guard source.exists else { throw .noSuchKey }
        let isSame = call.arguments[1].isEqual(to: call.arguments[2])
        if isCareful, isSame || target.exists {
            reply.integer(0)
            return []
        }
        if isCareful { reply.integer(1) } else { reply.ok() }
        return isSame ? [] : [source.stored(at: 2, in: call.database), .remove(1, in: call.database)]
    }

    /// COPY source destination [DB destination-db] [REPLACE]
    static func copy(
        _ call: borrowing Call, _ images: [KeyImage], reply: inout ReplyWriter
    ) throws(CommandError) -> [KeyWrite] {
        let options = try CopyOptions(call)
        let (source, target) = (images[0], images[1])
        if options.database == call.database, call.arguments[1].isEqual(to: call.arguments[2]) {
            throw .sameObject
        }
        guard source.exists, options.replaces || !target.exists else {
            reply.integer(0)
            return []
        }
        reply.integer(1)
        return [source.stored(at: 2, in: options.database)]
    }
}

/// What COPY was told beside its keys.
struct CopyOptions {
    var database: DatabaseIndex
    var replaces = false

    init(_ call: borrowing Call) throws(CommandError) {
        database = call.database
        var index = 3
        while index < call.arguments.count {
            if call.arguments[index].spells("replace") {
                replaces = true
            } else if call.arguments[index].spells("db"), index + 1 < call.arguments.count {
                database = try call.databaseIndex(at: index + 1, of: call.databaseCount)
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }
}

extension KeyImage {
    /// The write that makes another key this one's double, expiry included.
    func stored(at keyIndex: Int, in database: DatabaseIndex) -> KeyWrite {
        let expiry = expiry.map(ExpiryChange.at) ?? .clear
        return KeyWrite(keyIndex: keyIndex, database: database, change: .store(bytes, encoding, expiry))
    }
}

extension KeyWrite {
    static func remove(_ keyIndex: Int, in database: DatabaseIndex) -> KeyWrite {
        KeyWrite(keyIndex: keyIndex, database: database, change: .remove)
    }
}
