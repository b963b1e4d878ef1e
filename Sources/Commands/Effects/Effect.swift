import Keyspace
import Wire

/// How a command that has changed the shard is told to whoever repeats it.
enum Effect {
    /// As it came: on the same state it does the same.
    case verbatim
    /// SET key value, with PXAT where the key expires; DEL where it is gone. For what depends on the time, on a
    /// version, or on a condition that only we know.
    case value
    /// The same, but the expiry is left as it was.
    case valueOnly
    /// PEXPIREAT key time, or PERSIST, or DEL where it is gone.
    case expiry

    /// Of each command that writes.
    init(_ call: borrowing Call) {
        switch call.command {
        // With options the outcome may hang on the clock (EX), on what another version of us may not know (IFEQ) or
        // on what the key was; the outcome itself does not.
        case .set: self = call.arguments.count > 3 ? .value : .verbatim
        case .setex, .psetex, .cas, .getdel, .restore: self = .value
        // The same sum on another machine's floating-point unit need not be the same text.
        case .incrbyfloat: self = .valueOnly
        case .expire, .expireat, .pexpire, .pexpireat, .getex: self = .expiry
        default: self = .verbatim
        }
    }
}

extension EffectLog {
    /// A call has changed the shard.
    mutating func note(_ call: borrowing Call, on shard: inout Shard) {
        switch Effect(call) {
        case .verbatim: repeatCall(call)
        case .value: noteValue(call.key, call.hash, in: call.database, at: call.now, on: &shard)
        case .valueOnly: noteValueOnly(call, on: &shard)
        case .expiry: noteExpiry(call, on: &shard)
        }
    }

    /// One write of a call over several keys has been applied.
    public mutating func note(_ write: KeyWrite, of call: borrowing Call, on shard: inout Shard) {
        let key = call.arguments[write.keyIndex]
        noteValue(key, shard.hash(key), in: write.database, at: call.now, on: &shard)
    }

    /// Keys that the shard has removed by itself since it was last asked. They were removed before whatever is noted
    /// next, so this comes first.
    public mutating func noteRemovals(of shard: inout Shard, at now: UnixMillis) {
        guard shard.hasRemovals else { return }
        shard.takeRemovals { database, key in remove(key, in: database, at: now) }
    }

    private mutating func repeatCall(_ call: borrowing Call) {
        if let length = OwnForm.length(of: call.arguments) {
            return repeatBytes(
                call.arguments.bytes.extracting(0..<length), in: call.database, at: call.now)
        }
        begin(call.arguments.count, in: call.database, at: call.now)
        for index in 0..<call.arguments.count { word(call.arguments[index]) }
    }

    private mutating func noteValue(
        _ key: RawSpan, _ hash: KeyHash, in database: DatabaseIndex, at now: UnixMillis,
        on shard: inout Shard
    ) {
        guard let id = shard.find(key, hash, in: database, at: now, .peek) else {
            return remove(key, in: database, at: now)
        }
        let expiry = shard.expiry(of: id)
        begin(expiry == nil ? 3 : 5, in: database, at: now)
        word("SET")
        word(key)
        word(shard.value(of: id))
        guard let expiry else { return }
        word("PXAT")
        writer.bulk(integer: expiry.rawValue)
    }

    private mutating func noteValueOnly(_ call: borrowing Call, on shard: inout Shard) {
        guard let id = shard.find(call.key, call.hash, in: call.database, at: call.now, .peek) else {
            return remove(call.key, in: call.database, at: call.now)
        }
        begin(4, in: call.database, at: call.now)
        word("SET")
        word(call.key)
        word(shard.value(of: id))
        word("KEEPTTL")
    }

    private mutating func noteExpiry(_ call: borrowing Call, on shard: inout Shard) {
        guard let id = shard.find(call.key, call.hash, in: call.database, at: call.now, .peek) else {
            return remove(call.key, in: call.database, at: call.now)
        }
        guard let expiry = shard.expiry(of: id) else {
            begin(2, in: call.database, at: call.now)
            word("PERSIST")
            return word(call.key)
        }
        begin(3, in: call.database, at: call.now)
        word("PEXPIREAT")
        word(call.key)
        writer.bulk(integer: expiry.rawValue)
    }
}
