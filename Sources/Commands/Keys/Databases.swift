import Keyspace
import Wire

extension Keys {
    /// DBSIZE
    static func dbsize(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter) {
        reply.integer(shard.count(in: call.database))
    }

    /// FLUSHDB [ASYNC | SYNC]
    static func flushdb(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        try checkFlushOptions(call.arguments)
        shard.flush(in: call.database)
        reply.ok()
    }

    /// FLUSHALL [ASYNC | SYNC]
    static func flushall(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        try checkFlushOptions(call.arguments)
        for index in 0..<shard.databaseCount { shard.flush(in: DatabaseIndex(rawValue: UInt8(index))) }
        reply.ok()
    }

    /// Flushing takes a constant time here, so the options make no difference.
    private static func checkFlushOptions(_ arguments: borrowing Arguments) throws(CommandError) {
        guard arguments.count > 1 else { return }
        guard arguments.count == 2, arguments[1].spells("sync") || arguments[1].spells("async") else {
            throw .syntax
        }
    }

    /// Whether a call on whole databases would do what it says: nothing but its arguments decides that.
    static func wouldFail(_ call: borrowing Call) -> Bool {
        do throws(CommandError) {
            if call.command == .swapdb {
                _ = try swapped(call)
            } else {
                try checkFlushOptions(call.arguments)
            }
            return false
        } catch {
            return true
        }
    }

    private static func swapped(_ call: borrowing Call) throws(CommandError) -> (DatabaseIndex, DatabaseIndex)
    {
        let count = call.databaseCount
        let first = try call.narrowInteger(at: 1, else: .firstDatabase)
        let second = try call.narrowInteger(at: 2, else: .secondDatabase)
        guard 0..<count ~= first, 0..<count ~= second else { throw .databaseOutOfRange }
        return (DatabaseIndex(rawValue: UInt8(first)), DatabaseIndex(rawValue: UInt8(second)))
    }

    /// SWAPDB index index
    static func swapdb(_ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter)
        throws(CommandError)
    {
        let (first, second) = try swapped(call)
        shard.swap(first, second)
        reply.ok()
    }
}
