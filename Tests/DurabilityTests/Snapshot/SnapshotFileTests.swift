import Keyspace
import Testing
import Wire

@testable import Durability

@Suite struct SnapshotFileTests {
    @Test func oneShardComesBack() throws {
        var shard = makeShard()
        fill(&shard, keys: 3_000, dice: Dice(seed: 1))
        let file = snapshot([contents(&shard)], options: SnapshotOptions(), facts: [("redis-ver", "7.0.15")])
        let loaded = try load(file, cores: 1)
        #expect(loaded.images == images(&shard))
        #expect(loaded.expired == 0)
        #expect(loaded.checksum == loaded.computed)
        #expect(loaded.facts["redis-ver"] == "7.0.15")
    }

    /// Written by so many cores, read by another number of them, in pieces of any size.
    @Test(arguments: [(1, 3), (2, 1), (3, 2), (4, 4)]) func anyNumberOfCores(_ cores: (Int, Int)) throws {
        var dice = Dice(seed: 5)
        var all: [Key: Image] = [:]
        var files: [[SnapshotChunk]] = []
        for core in 0..<cores.0 {
            var shard = makeShard()
            fill(&shard, keys: 2_000, dice: Dice(seed: UInt64(core + 10)), prefix: "core\(core):")
            all.merge(images(&shard)) { first, _ in first }
            files.append(contents(&shard))
        }
        let file = snapshot(files, options: SnapshotOptions(), facts: [])
        for _ in 0..<3 {
            let loaded = try load(file, cores: cores.1, pieceMax: 1 + dice.below(5000))
            #expect(loaded.images == all)
            #expect(loaded.checksum == loaded.computed)
            for (core, keys) in loaded.keysByCore.enumerated() {
                let strangers = keys.filter {
                    (Int(Slot.of(key: $0.key.span.raw).rawValue) * cores.1) >> 14 != core
                }
                #expect(strangers.isEmpty && !keys.isEmpty, "core \(core) keeps keys of others, or none")
            }
        }
    }

    /// Chunks of whole pages, whatever is in them, hold the same entries; the padding is no fact of the file.
    @Test(arguments: [0, 1, 40, 3_000]) func chunksOfWholePages(keys: Int) throws {
        var shard = makeShard()
        fill(&shard, keys: keys, dice: Dice(seed: 9))
        for number in 0..<min(keys, 5) {
            store(&shard, "long:\(number)", String(repeating: "x", count: 400_000 + number))
        }
        var options = SnapshotOptions()
        options.compresses = false
        options.fillsPages = true
        let chunks = contents(&shard, options: options)
        #expect(chunks.allSatisfy { $0.bytes.count % 4096 == 0 && $0.bytes.count > 0 })
        #expect(chunks.isEmpty == (keys == 0))
        let loaded = try load(snapshot([chunks], options: options, facts: [("a", "b")]), cores: 2)
        #expect(loaded.images == images(&shard))
        #expect(loaded.checksum == loaded.computed)
        let encoder = SnapshotEncoder(options)
        #expect(encoder.makeChunk([1, 2, 3]).bytes.count == 4096 && encoder.pendingBytes == 4096)
    }

    /// Each length of what is in a chunk is padded to the next whole page, but for the few bytes that a fact takes.
    @Test func everyLengthIsPadded() throws {
        for length in 0...4100 {
            var buffer = ByteBuffer()
            buffer.append(0, repeating: length)
            buffer.appendRDB(paddingTo: 4096)
            #expect(buffer.count % 4096 == 0 && buffer.count >= length && buffer.count < length + 8192)
            guard buffer.count > length else { continue }
            var reader = RDBReader(fileSize: 9 + buffer.count - length + 9)
            reader.take(
                (Array("REDIS0010".utf8) + buffer.bytes.copied()[length...] + [0xFF]
                    + [UInt8](repeating: 0, count: 8)).span.raw)
            guard case .fact(let name, _) = try reader.next() else {
                Issue.record("padding of \(length) bytes is no fact")
                return
            }
            #expect(name.length == 7)
        }
    }

    @Test func whatHasExpiredIsPassedOver() throws {
        var shard = makeShard()
        for number in 0..<100 {
            store(
                &shard, "k\(number)", "v", expiry: UnixMillis(rawValue: start.rawValue + Int64(number) * 100))
        }
        let file = snapshot([contents(&shard)], options: SnapshotOptions(), facts: [])
        let loaded = try load(file, cores: 2, at: UnixMillis(rawValue: start.rawValue + 5_000))
        #expect(loaded.images.count == 50)
        #expect(loaded.expired == 50)
    }

    /// A file cut anywhere is refused; where the cut shows is where the last whole item ends.
    @Test func everyCutIsRefused() throws {
        var shard = makeShard()
        fill(&shard, keys: 20, dice: Dice(seed: 3))
        let file = snapshot([contents(&shard)], options: SnapshotOptions(), facts: [("a", "b")])
        for length in 0..<file.count {
            #expect(throws: RDBReader.Failure.self) { try load(Array(file[..<length]), cores: 2) }
        }
    }

    /// A thousand flipped bits: each is refused, or changes nothing.
    @Test func flippedBitsAreNoticed() throws {
        var shard = makeShard()
        fill(&shard, keys: 200, dice: Dice(seed: 4))
        let file = snapshot([contents(&shard)], options: SnapshotOptions(), facts: [("redis-ver", "7.0.15")])
        let whole = images(&shard)
        var dice = Dice(seed: 99)
        var refused = 0
        for _ in 0..<1_000 {
            var damaged = file
            damaged[dice.below(file.count)] ^= 1 << UInt8(dice.below(8))
            guard let loaded = try? load(damaged, cores: 1 + dice.below(2)) else {
                refused += 1
                continue
            }
            // Read to its end: then the sums must differ, or nothing else does.
            if loaded.checksum == loaded.computed { #expect(loaded.images == whole) } else { refused += 1 }
        }
        #expect(refused >= 990)
    }

    @Test func foreignTypesAreNamedWithTheirPlace() {
        // A list of one element behind the header.
        let file =
            Array("REDIS0010".utf8) + [0xFE, 0, 1, 1, 0x6B, 1, 1, 0x61, 0xFF]
            + [UInt8](repeating: 0, count: 8)
        #expect(throws: RDBReader.Failure(.typeNotHeld(1), at: 11)) { try load(file, cores: 1) }
        #expect(RDBError.typeNotHeld(1).sentence.contains("list"))
    }

    @Test func aKeyTwiceIsRefused() {
        let entry: [UInt8] = [0, 1, 0x6B, 1, 0x61]
        let file = Array("REDIS0003".utf8) + [0xFE, 0] + entry + entry + [0xFF]
        #expect(throws: RDBReader.Failure(.duplicateKey, at: 16)) { try load(file, cores: 1) }
    }

    @Test(arguments: [("REDIS0000", false), ("REDIS0001", true), ("REDIS0012", true), ("REDIS0013", false)])
    func versions(_ version: (String, Bool)) {
        let end = [0xFF] + [UInt8](repeating: 0, count: version.0 == "REDIS0001" ? 0 : 8)
        let loaded = try? load(Array(version.0.utf8) + end, cores: 1)
        #expect((loaded != nil) == version.1)
    }
}
