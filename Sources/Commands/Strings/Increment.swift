import Keyspace
import Wire

extension Strings {
    /// INCR key
    static func incr(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) throws(CommandError) {
        try add(1, call, on: &shard, reply: &reply)
    }

    /// DECR key
    static func decr(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) throws(CommandError) {
        try add(-1, call, on: &shard, reply: &reply)
    }

    /// INCRBY key increment
    static func incrby(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        try add(call.integer(at: 2), call, on: &shard, reply: &reply)
    }

    /// DECRBY key decrement
    static func decrby(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let decrement = try call.integer(at: 2)
        guard decrement != .min else { throw .decrementOverflow }
        try add(-decrement, call, on: &shard, reply: &reply)
    }

    private static func add(
        _ increment: Int64, _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        var old: Int64 = 0
        if let id = try shard.writeString(call) {
            guard let value = Decimal.parse(shard.value(of: id)) else { throw .notInteger }
            old = value
        }
        let (sum, overflows) = old.addingReportingOverflow(increment)
        guard !overflows else { throw .overflow }
        // The reply is a mark, the digits, and a line end: the digits are the new value.
        let start = reply.buffer.count + 1
        reply.integer(sum)
        let digits = reply.buffer.bytes.extracting(start..<(reply.buffer.count - 2))
        try shard.store(digits, .int, .keep, for: call)
    }

    /// INCRBYFLOAT key increment
    static func incrbyfloat(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        var sum: Extended = 0
        if let id = try shard.writeString(call) {
            guard let value = FloatText.parseExtended(shard.value(of: id)) else { throw .notFloat }
            sum = value
        }
        guard let increment = FloatText.parseExtended(call.arguments[2]) else { throw .notFloat }
        sum += increment
        guard sum.isFinite else { throw .notFinite }
        var text = ByteBuffer()
        FloatText.appendFixed(sum, to: &text)
        try shard.store(text.bytes, text.count > 44 ? .raw : .embstr, .keep, for: call)
        reply.bulk(text.bytes)
    }
}
