import Wire

/// A piece of a file and the sum of its bytes.
public struct SummedPiece: Sendable {
    var offset: Int
    var length: Int
    var sum: UInt64

    /// A piece that lies at `offset`.
    public init(offset: Int, length: Int, sum: UInt64) {
        self.offset = offset
        self.length = length
        self.sum = sum
    }
}

/// The pieces of a file that several cores have summed, in any order. They are joined as they come: joining the
/// thousands of a large file at its end would take milliseconds.
public struct SummedPieces: Sendable {
    /// Length and sum of the pieces from the beginning that leave no gap.
    private var joined: (length: Int, sum: UInt64) = (0, 0)
    /// Those behind a gap, by offset.
    private var waiting: [Int: SummedPiece] = [:]

    /// No pieces.
    public init() {}

    /// One more.
    public mutating func add(_ piece: SummedPiece) {
        guard piece.offset == joined.length else {
            waiting[piece.offset] = piece
            return
        }
        join(piece)
        while let next = waiting.removeValue(forKey: joined.length) { join(next) }
    }

    private mutating func join(_ piece: SummedPiece) {
        joined.sum = CRC64.combine(joined.sum, piece.sum, secondLength: piece.length)
        joined.length += piece.length
    }

    /// Several more.
    public mutating func add(_ more: [SummedPiece]) { for piece in more { add(piece) } }

    /// The length and the sum of the file that the pieces make up; nil where they leave a gap.
    public func total() -> (length: Int, sum: UInt64)? {
        waiting.isEmpty ? joined : nil
    }
}

/// What stands around the chunks of a snapshot file: header, chunks in the order in which they took their places, end.
public enum SnapshotLayout {
    /// The last bytes of a file, and where they go.
    /// - Parameter summing: whether the file gets a checksum (`rdbchecksum`).
    public static func end(after pieces: SummedPieces, summing: Bool) -> (bytes: [UInt8], offset: Int) {
        guard let total = pieces.total() else {
            preconditionFailure("the pieces of a snapshot lie side by side")
        }
        let end = RDB.end(of: RDB.versionWritten, after: CRC64(value: total.sum))
        // A sum of zero says that there is none.
        return (summing ? end : [end[0]] + [UInt8](repeating: 0, count: 8), total.length)
    }

    /// What a file begins with.
    /// - Parameter databases: for each that holds keys its number, its keys and how many of them expire.
    public static func header(
        facts: [(name: String, value: String)], databases: [(number: Int, keys: Int, expiring: Int)]
    ) -> [UInt8] {
        var buffer = ByteBuffer()
        let version = String(RDB.versionWritten)
        buffer.append("REDIS" + String(repeating: "0", count: 4 - version.utf8.count) + version)
        for fact in facts { buffer.appendRDB(fact: fact.name, fact.value) }
        for database in databases where database.keys > 0 {
            buffer.append(RDB.Opcode.select.rawValue)
            buffer.appendRDB(length: UInt64(database.number))
            buffer.append(RDB.Opcode.resize.rawValue)
            buffer.appendRDB(length: UInt64(database.keys))
            buffer.appendRDB(length: UInt64(database.expiring))
        }
        return buffer.bytes.copied()
    }
}
