public import Keyspace
public import Wire

extension Keys {
    /// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type] on one shard. A node of several asks `ScanRequest` for
    /// one step at a time instead.
    static func scan(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let request = try ScanRequest(call.arguments)
        var keys = ReplyWriter(version: reply.version)
        var found = 0
        let next = request.step(call, from: request.cursor, on: &shard, keys: &keys, found: &found)
        ScanRequest.finish(cursor: next, keys: keys, found: found, reply: &reply)
    }
}

/// What a SCAN asks for, and one shard's part in the answer.
///
/// A node of several shards reads the request once, takes the shard from the cursor in a coding of its own, lets
/// `step` run on that shard, and when that answers 0 goes on with the next shard's cursor 0.
public struct ScanRequest: BitwiseCopyable {
    /// Where to go on, as the client sent it; 0 starts a walk.
    public let cursor: UInt64
    /// How many keys to look at, about.
    private var count: Int64 = 10
    private var patternIndex = 0
    private var typeIndex = 0

    /// Reads the request, or answers what is wrong with it.
    public init?(_ call: borrowing Call, reply: inout ReplyWriter) {
        do throws(CommandError) {
            try self.init(call.arguments)
        } catch {
            error.write(for: call, reply: &reply)
            return nil
        }
    }

    init(_ arguments: borrowing Arguments) throws(CommandError) {
        guard let cursor = Self.cursor(arguments[1]) else { throw .invalidCursor }
        self.cursor = cursor
        var index = 2
        while index < arguments.count {
            guard index + 1 < arguments.count else { throw .syntax }
            let word = arguments[index]
            if word.spells("count") {
                guard let count = Decimal.parse(arguments[index + 1]) else { throw .notInteger }
                guard count >= 1 else { throw .syntax }
                self.count = count
            } else if word.spells("match") {
                patternIndex = index + 1
            } else if word.spells("type") {
                typeIndex = index + 1
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    /// Looks at about `count` keys, appends those that match to `keys` as bulks and their number to `found`.
    /// - Returns: the cursor to go on with, 0 when the shard has been walked through.
    public func step(
        _ call: borrowing Call, from cursor: UInt64, on shard: inout Shard, keys: inout ReplyWriter,
        found: inout Int
    ) -> UInt64 {
        let pattern = KeyPattern(call.arguments[patternIndex])
        var next = cursor
        var ids: [EntryID] = []
        var looked: Int64 = 0
        // Empty buckets must not make one call a long walk.
        var steps = count.multipliedReportingOverflow(by: 10).overflow ? Int64.max : count * 10
        repeat {
            ids.removeAll(keepingCapacity: true)
            next = shard.scan(in: call.database, from: next, into: &ids)
            for id in ids where !shard.isExpired(id, at: call.now) {
                looked += 1
                guard patternIndex == 0 || pattern.matches(shard.key(of: id)) else { continue }
                guard typeIndex == 0 || call.arguments[typeIndex].spells(shard.kind(of: id).name) else {
                    continue
                }
                keys.bulk(shard.key(of: id))
                found += 1
            }
            steps -= 1
        } while next != 0 && looked < count && steps > 0
        return next
    }

    /// Writes the reply: the cursor to go on with, and the keys.
    public static func finish(
        cursor: UInt64, keys: borrowing ReplyWriter, found: Int, reply: inout ReplyWriter
    ) {
        reply.array(2)
        var text = ByteBuffer()
        Decimal.append(cursor, to: &text)
        reply.bulk(text.bytes)
        reply.array(found)
        reply.raw(keys.buffer.bytes)
    }

    /// A cursor as C reads it: a sign and leading zeros are allowed, and nothing at all is zero.
    private static func cursor(_ text: RawSpan) -> UInt64? {
        let text = text.cString(atMost: text.byteCount)
        guard !text.isEmpty else { return 0 }
        let isNegative = text.byte(at: 0) == UInt8(ascii: "-")
        let start = isNegative || text.byte(at: 0) == UInt8(ascii: "+") ? 1 : 0
        guard start < text.byteCount else { return nil }
        var value: UInt64 = 0
        for index in start..<text.byteCount {
            let digit = text.byte(at: index) &- UInt8(ascii: "0")
            let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = tens.addingReportingOverflow(UInt64(digit))
            guard digit < 10, !overflows, !overflowsToo else { return nil }
            value = sum
        }
        return isNegative ? 0 &- value : value
    }
}
