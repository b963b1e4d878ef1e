import Keyspace
import Testing
import Wire

@testable import Durability

/// The base of a log as commands: its records bring back what the shard held.
@Suite struct SnapshotRecordsTests {
    private func records() -> SnapshotOptions {
        var options = SnapshotOptions()
        options.writesRecords = true
        return options
    }

    private func number(_ digits: [UInt8]) throws -> Int {
        let value = Decimal.parse(digits.span.raw)
        return Int(try #require(value))
    }

    /// What the records of a file say, executed by hand.
    private func replay(_ file: [UInt8]) throws -> [Key: Image] {
        var scanner = LogScanner()
        var found: [Key: Image] = [:]
        var database = 0
        var place = 0
        while place < file.count {
            var ranges: [ArgumentRange] = []
            let rest = file.span.raw.from(place)
            guard case .request(let length) = scanner.next(rest, appendingTo: &ranges) else {
                Issue.record("no record at \(place)")
                return found
            }
            let words = ranges.map { range in
                rest.extracting(Int(range.offset)..<Int(range.offset + range.length)).copied()
            }
            switch (String(decoding: words[0], as: UTF8.self), words.count) {
            case ("SELECT", 2): database = try number(words[1])
            case ("SET", 3), ("SET", 5):
                if words.count == 5 { #expect(words[3] == Array("PXAT".utf8)) }
                let expiry = words.count == 5 ? Int64(try number(words[4])) : nil
                let old = found.updateValue(
                    Image(value: words[2], expiry: expiry), forKey: Key(database: database, key: words[1]))
                #expect(old == nil, "a key comes once")
            default: Issue.record("an unexpected record at \(place)")
            }
            place += length
        }
        return found
    }

    @Test func aShardComesBackFromItsRecords() throws {
        var shard = makeShard()
        fill(&shard, keys: 3_000, dice: Dice(seed: 7))
        var pieces = SummedPieces()
        var file = SnapshotLayout.headerOfRecords
        pieces.add(SummedPiece(offset: 0, length: file.count, sum: 0))
        // In another order than they were made: each chunk says its database itself.
        let chunks = contents(&shard, options: records()).reversed()
        for chunk in chunks {
            pieces.add(SummedPiece(offset: file.count, length: chunk.bytes.count, sum: 0))
            file += chunk.bytes.bytes.copied()
        }
        let end = SnapshotLayout.endOfRecords(after: pieces)
        #expect(end.bytes.isEmpty && end.offset == file.count)
        #expect(try replay(file) == images(&shard))
    }

    @Test func anEmptyShardIsAFileOfOneRecordThatChangesNothing() throws {
        #expect(try replay(SnapshotLayout.headerOfRecords).isEmpty)
        #expect(!SnapshotLayout.headerOfRecords.isEmpty, "redis-server refuses an empty base")
    }
}
