import Keyspace
import Wire

extension Strings {
    /// APPEND key value
    static func append(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let addition = call.arguments[2]
        guard let id = try shard.writeString(call) else {
            try shard.store(addition, .natural(for: addition), .clear, for: call)
            return reply.integer(addition.byteCount)
        }
        let length = shard.value(of: id).byteCount
        let total = length + addition.byteCount
        guard total <= call.stringLengthMax else { throw .stringTooLong }
        try shard.write(addition, at: length, of: id, growingTo: total)
        reply.integer(total)
    }

    /// SETRANGE key offset value
    static func setrange(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let offset = try call.integer(at: 2)
        guard offset >= 0 else { throw .offsetOutOfRange }
        let patch = call.arguments[3]
        let old = try shard.writeString(call)
        let length = old.map { shard.value(of: $0).byteCount } ?? 0
        guard !patch.isEmpty else { return reply.integer(length) }
        let (end, overflows) = offset.addingReportingOverflow(Int64(patch.byteCount))
        guard !overflows, end <= call.stringLengthMax else { throw .stringTooLong }
        let id = try old ?? shard.storeEmpty(for: call, growingTo: Int(end))
        try shard.write(patch, at: Int(offset), of: id, growingTo: max(length, Int(end)))
        reply.integer(max(length, Int(end)))
    }
}

extension Shard {
    /// Writes bytes into a string, which then has the length given: zeros fill what nobody wrote.
    mutating func write(
        _ bytes: RawSpan, at offset: Int, of id: EntryID, growingTo length: Int
    ) throws(CommandError) {
        var id = id
        if value(of: id).byteCount != length {
            guard let resized = resizeValue(of: id, to: length) else { throw .outOfMemory }
            id = resized
        }
        var value = mutableValue(of: id)
        value.write(bytes, at: offset)
        setEncoding(of: id, .raw)
    }
}
