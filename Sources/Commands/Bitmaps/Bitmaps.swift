import Keyspace
import Wire

/// Commands on strings taken as rows of bits. Bit 0 is the highest bit of the first byte:
///
///     byte      0                 1
///     bit       0 1 2 3 4 5 6 7   8 9 10 11 12 13 14 15
enum Bitmaps {
    /// The position of a bit, or with `#n` of the n-th field of a width. Its byte lies below the longest string.
    static func offset(
        _ text: RawSpan, fieldWidth: Int = 0, _ call: borrowing Call
    ) throws(CommandError) -> Int {
        let isField = fieldWidth > 0 && !text.isEmpty && text.byte(at: 0) == UInt8(ascii: "#")
        guard let number = Decimal.parse(isField ? text.from(1) : text) else { throw .bitOffset }
        let (offset, overflows) = number.multipliedReportingOverflow(by: isField ? Int64(fieldWidth) : 1)
        guard !overflows, offset >= 0, Int(offset >> 3) < call.stringLengthMax else { throw .bitOffset }
        return Int(offset)
    }

    /// GETBIT key offset
    static func getbit(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let offset = try offset(call.arguments[2], call)
        guard let id = try shard.readString(call) else { return reply.integer(0) }
        let value = shard.value(of: id)
        guard offset >> 3 < value.byteCount else { return reply.integer(0) }
        reply.integer(Int(value.byte(at: offset >> 3) >> UInt8(7 - offset & 7) & 1))
    }

    /// SETBIT key offset value
    static func setbit(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let offset = try offset(call.arguments[2], call)
        guard let bit = Decimal.parse(call.arguments[3]), bit == 0 || bit == 1 else { throw .bitValue }
        let id = try shard.bitmap(for: call, holding: offset)
        let old = shard.value(of: id).byte(at: offset >> 3)
        let mask: UInt8 = 0x80 >> UInt8(offset & 7)
        var value = shard.mutableValue(of: id)
        value.storeBytes(of: bit == 1 ? old | mask : old & ~mask, toByteOffset: offset >> 3, as: UInt8.self)
        reply.integer(old & mask == 0 ? 0 : 1)
    }
}

extension Shard {
    /// The string under the call's first key, made if need be, and long enough to hold a bit.
    mutating func bitmap(for call: borrowing Call, holding bit: Int) throws(CommandError) -> EntryID {
        let length = bit >> 3 + 1
        guard let id = try writeString(call) else { return try storeZeros(length, for: call) }
        guard value(of: id).byteCount < length else {
            setEncoding(of: id, .raw)
            return id
        }
        guard let grown = resizeValue(of: id, to: length) else { throw .outOfMemory }
        setEncoding(of: grown, .raw)
        return grown
    }
}
