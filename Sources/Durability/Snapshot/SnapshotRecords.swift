import Keyspace
import Wire

// The base of a log as commands (`aof-use-rdb-preamble no`): chunks of records, each of which selects its database itself,
// so that they can stand in any order. What executes commands loads it.
extension ByteBuffer {
    /// SELECT
    mutating func append(recordSelecting database: Int) {
        var writer = ReplyWriter(version: .v2)
        writer.array(2)
        writer.bulk("SELECT" as StaticString)
        writer.bulk(integer: Int64(database))
        append(writer.buffer.bytes)
    }

    /// SET key value, with PXAT where the key expires: what an increment says of an outcome.
    mutating func append(recordOf entry: borrowing SnapshotEntry) {
        append(entry.expiry == nil ? "*3\r\n$3\r\nSET\r\n" : "*5\r\n$3\r\nSET\r\n")
        append(word: entry.key)
        append(word: entry.value)
        guard let expiry = entry.expiry else { return }
        append("$4\r\nPXAT\r\n")
        var digits = ByteBuffer()
        Decimal.append(expiry.rawValue, to: &digits)
        append(word: digits.bytes)
    }

    private mutating func append(word: RawSpan) {
        append(UInt8(ascii: "$"))
        Decimal.append(Int64(word.byteCount), to: &self)
        append("\r\n")
        append(word)
        append("\r\n")
    }
}

extension SnapshotLayout {
    /// What a base of records begins with: a record that changes nothing.
    public static var headerOfRecords: [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(recordSelecting: 0)
        return buffer.bytes.copied()
    }

    /// What it ends with: nothing. Without it the file is as long as its chunks.
    public static func endOfRecords(after pieces: SummedPieces) -> (bytes: [UInt8], offset: Int) {
        guard let total = pieces.total() else {
            preconditionFailure("the pieces of a base lie side by side")
        }
        return ([], total.length)
    }
}
