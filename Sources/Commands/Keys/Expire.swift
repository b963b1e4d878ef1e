import Keyspace
import Wire

extension Keys {
    /// EXPIRE key seconds [NX | XX | GT | LT], PEXPIRE, EXPIREAT, PEXPIREAT
    static func expire(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let conditions = try ExpiryConditions(call.arguments)
        let isRelative = call.command == .expire || call.command == .pexpire
        let inSeconds = call.command == .expire || call.command == .expireat
        let deadline = try deadline(call, isRelative: isRelative, inSeconds: inSeconds)
        guard let id = shard.write(call), conditions.allow(deadline, after: shard.expiry(of: id)) else {
            return reply.integer(0)
        }
        if deadline <= call.now, !call.flags.contains(.replays) {
            shard.remove(id, in: call.database)
        } else {
            guard shard.setExpiry(of: id, to: deadline) != nil else { throw .outOfMemory }
        }
        reply.integer(1)
    }

    /// A time in the past is a good one here: it removes the key.
    private static func deadline(
        _ call: borrowing Call, isRelative: Bool, inSeconds: Bool
    ) throws(CommandError) -> UnixMillis {
        let number = try call.integer(at: 2)
        let (time, overflows) = number.multipliedReportingOverflow(by: inSeconds ? 1000 : 1)
        guard !overflows else { throw .expireTime }
        let (sum, overflowsToo) = time.addingReportingOverflow(isRelative ? call.now.rawValue : 0)
        guard !overflowsToo else { throw .expireTime }
        return UnixMillis(rawValue: sum)
    }

    /// TTL key, PTTL, EXPIRETIME, PEXPIRETIME: -2 for no key, -1 for no expiry.
    static func ttl(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        guard let id = shard.inspect(call) else { return reply.integer(-2) }
        guard let expiry = shard.expiry(of: id)?.rawValue else { return reply.integer(-1) }
        let left = max(expiry &- call.now.rawValue, 0)
        switch call.command {
        case .ttl: reply.integer(seconds(left))
        case .pttl: reply.integer(left)
        case .expiretime: reply.integer(seconds(expiry))
        default: reply.integer(expiry)
        }
    }

    /// To the nearest second.
    private static func seconds(_ millis: Int64) -> Int64 {
        millis / 1000 + (millis % 1000 >= 500 ? 1 : 0)
    }

    /// PERSIST key
    static func persist(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        guard let id = shard.write(call), shard.expiry(of: id) != nil else { return reply.integer(0) }
        guard shard.setExpiry(of: id, to: nil) != nil else { throw .outOfMemory }
        reply.integer(1)
    }
}

/// Under which conditions EXPIRE and its kin set the expiry.
struct ExpiryConditions: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// Only if the key does not expire yet.
    static let missing = ExpiryConditions(rawValue: 1 << 0)
    /// Only if it does.
    static let present = ExpiryConditions(rawValue: 1 << 1)
    /// Only if it then expires later; a key that never expires is the latest of all.
    static let later = ExpiryConditions(rawValue: 1 << 2)
    /// Only if it then expires sooner.
    static let sooner = ExpiryConditions(rawValue: 1 << 3)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ arguments: borrowing Arguments) throws(CommandError) {
        self = []
        for index in 3..<max(arguments.count, 3) {
            let word = arguments[index]
            if word.spells("nx") {
                insert(.missing)
            } else if word.spells("xx") {
                insert(.present)
            } else if word.spells("gt") {
                insert(.later)
            } else if word.spells("lt") {
                insert(.sooner)
            } else {
                throw .unsupportedOption(at: UInt32(index))
            }
        }
        if contains(.missing), self != .missing { throw .expiryNXConflict }
        if isSuperset(of: [.later, .sooner]) { throw .expiryGTLTConflict }
    }

    func allow(_ new: UnixMillis, after old: UnixMillis?) -> Bool {
        guard let old else { return isDisjoint(with: [.present, .later]) }
        if contains(.missing) { return false }
        if contains(.later), new <= old { return false }
        return !contains(.sooner) || new < old
    }
}
