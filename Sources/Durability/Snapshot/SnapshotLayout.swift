public import Wire

/// How the chunks of all cores become one file: header, chunks in the order in which they took their places, end.
///
/// Shared by value between steps of one job; whoever holds it must keep others out.
public struct SnapshotLayout: Sendable {
    /// A chunk's place and the sum of its bytes.
    public struct Piece: Sendable {
        var offset: Int
        var length: Int
        var sum: UInt64

        /// A chunk that lies at `offset`.
        public init(offset: Int, length: Int, sum: UInt64) {
            self.offset = offset
            self.length = length
            self.sum = sum
        }
    }

    private var pieces: [Piece] = []

    /// A layout without pieces.
    public init() {}

    /// A piece is at its place.
    public mutating func add(_ piece: Piece) { pieces.append(piece) }

    /// The last bytes of the file, and where they go.
    /// - Parameter summing: whether the file gets a checksum (`rdbchecksum`).
    public consuming func end(summing: Bool) -> (bytes: [UInt8], offset: Int) {
        pieces.sort { $0.offset < $1.offset }
        var sum: UInt64 = 0
        var offset = 0
        for piece in pieces {
            precondition(piece.offset == offset, "the pieces of a snapshot lie side by side")
            sum = CRC64.combine(sum, piece.sum, secondLength: piece.length)
            offset += piece.length
        }
        let end: [UInt8] = [RDB.Opcode.end.rawValue]
        sum = CRC64.combine(sum, CRC64.of(end.span.raw), secondLength: 1)
        let digits = (0..<8).map { summing ? UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) : 0 }
        return (end + digits, offset)
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
