import Keyspace
import Wire

extension Bitmaps {
    /// BITCOUNT key [start end [BYTE | BIT]]
    static func bitcount(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        // A missing key counts zero whatever follows it.
        guard let id = try shard.readString(call) else { return reply.integer(0) }
        let value = shard.value(of: id)
        var (start, end, unit) = (Int64(0), Int64(-1), BitRange.Unit.byte)
        switch call.arguments.count {
        case 2: break
        case 4, 5:
            start = try call.integer(at: 2)
            end = try call.integer(at: 3)
            // An empty range is seen before a wrong unit.
            if start < 0, end < 0, start > end { return reply.integer(0) }
            if call.arguments.count == 5 { unit = try BitRange.Unit(call.arguments[4]) }
        default: throw .syntax
        }
        let range = BitRange(from: start, through: end, unit, byteCount: value.byteCount)
        reply.integer(range?.countOnes(in: value) ?? 0)
    }

    /// BITPOS key bit [start [end [BYTE | BIT]]]
    static func bitpos(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let bit = try call.integer(at: 2)
        guard bit == 0 || bit == 1 else { throw .bitArgument }
        // A missing key is an endless row of zeros.
        guard let id = try shard.readString(call) else { return reply.integer(bit == 1 ? -1 : 0) }
        let value = shard.value(of: id)
        let count = call.arguments.count
        guard count <= 6 else { throw .syntax }
        let start = count > 3 ? try call.integer(at: 3) : 0
        let unit = count == 6 ? try BitRange.Unit(call.arguments[5]) : .byte
        let end = count > 4 ? try call.integer(at: 4) : -1
        guard let range = BitRange(from: start, through: end, unit, byteCount: value.byteCount) else {
            return reply.integer(-1)
        }
        if let position = range.firstBit(bit == 1, in: value) {
            reply.integer(position)
        } else {
            // Without an end given, the zeros behind the string count.
            reply.integer(bit == 0 && count <= 4 ? value.byteCount * 8 : -1)
        }
    }
}
