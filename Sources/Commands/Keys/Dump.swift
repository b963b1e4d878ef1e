import Durability
import Keyspace
import Wire

extension Keys {
    /// DUMP key
    static func dump(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        guard let id = shard.read(call) else { return reply.null() }
        var payload = ByteBuffer()
        DumpPayload.append(string: shard.value(of: id), compressing: true, to: &payload)
        reply.bulk(payload.bytes)
    }

    /// RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds | FREQ frequency]
    static func restore(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let options = try RestoreOptions(call)
        if !options.replaces, shard.write(call) != nil { throw .busyKey }
        let ttl = try call.integer(at: 2)
        if ttl < 0 { throw .restoreTTL }
        guard DumpPayload.isWhole(call.arguments[3]) else { throw .payloadFooter }
        var value = ByteBuffer()
        guard DumpPayload.unpack(call.arguments[3], into: &value) else { throw .payloadFormat }
        // As Redis: what overflows lies in the past.
        let due = ttl == 0 || options.isAbsolute ? ttl : ttl &+ call.now.rawValue
        if due != 0, due <= call.now.rawValue {
            if let id = shard.write(call) { shard.remove(id, in: call.database) }
            return reply.ok()
        }
        let expiry = due == 0 ? ExpiryChange.clear : .at(UnixMillis(rawValue: due))
        try shard.store(value.bytes, .natural(for: value.bytes), expiry, for: call)
        noteUsage(options, call, on: &shard)
        reply.ok()
    }

    /// What the caller knows of the key's use, as far as the policy in force keeps it.
    private static func noteUsage(_ options: RestoreOptions, _ call: borrowing Call, on shard: inout Shard) {
        guard let id = shard.find(call.key, call.hash, in: call.database, at: call.now, .peek) else { return }
        if let frequency = options.frequency { shard.setFrequency(of: id, frequency, at: call.now) }
        if let idle = options.idleSeconds {
            shard.setIdle(of: id, seconds: Int(clamping: idle), at: call.now)
        }
    }
}

/// The words after RESTORE's payload.
struct RestoreOptions {
    private(set) var replaces = false
    private(set) var isAbsolute = false
    private(set) var idleSeconds: Int64?
    private(set) var frequency: UInt8?

    init(_ call: borrowing Call) throws(CommandError) {
        var index = 4
        while index < call.arguments.count {
            let word = call.arguments[index]
            let hasNext = index + 1 < call.arguments.count
            if word.spells("replace") {
                replaces = true
            } else if word.spells("absttl") {
                isAbsolute = true
            } else if word.spells("idletime"), hasNext, frequency == nil {
                index += 1
                let seconds = try call.integer(at: index)
                if seconds < 0 { throw .restoreIdleTime }
                idleSeconds = seconds
            } else if word.spells("freq"), hasNext, idleSeconds == nil {
                index += 1
                guard let value = UInt8(exactly: try call.integer(at: index)) else { throw .restoreFrequency }
                frequency = value
            } else {
                throw .syntax
            }
            index += 1
        }
    }
}
