import Keyspace
@_exported import TestSupport
import Testing
import Wire

@testable import Durability

struct Key: Hashable {
    var database: Int
    var key: [UInt8]
}

struct Image: Equatable {
    var value: [UInt8]
    var expiry: Int64?
}

func store(
    _ shard: inout Shard, _ key: String, _ value: [UInt8], in database: UInt8 = 0, expiry: UnixMillis? = nil
) {
    let key = Array(key.utf8)
    _ = shard.store(
        key.span.raw, shard.hash(key.span.raw), in: DatabaseIndex(rawValue: database), value: value.span.raw,
        encoding: .natural(for: value.span.raw), expiry: expiry.map(ExpiryChange.at) ?? .clear, at: start)
}

func store(_ shard: inout Shard, _ key: String, _ value: String, expiry: UnixMillis? = nil) {
    store(&shard, key, Array(value.utf8), expiry: expiry)
}

/// Keys of every form: numbers, compressible, random, empty, long, expiring, in three databases.
func fill(_ shard: inout Shard, keys: Int, dice: Dice, prefix: String = "") {
    var dice = dice
    for number in 0..<keys {
        let value: [UInt8] =
            switch dice.below(6) {
            case 0: Array("\(Int32(truncatingIfNeeded: Int(dice.next() >> 20)))".utf8)
            case 1: [UInt8](repeating: UInt8(dice.below(256)), count: dice.below(300))
            case 2: (0..<dice.below(100)).map { _ in UInt8(dice.below(256)) }
            case 3: []
            case 4: Array("\(Int64(bitPattern: dice.next()))".utf8)
            default: (0..<dice.below(30)).map { _ in UInt8(dice.below(3)) }
            }
        let expiry = dice.below(3) == 0 ? UnixMillis(rawValue: start.rawValue + 1_000_000) : nil
        let key = dice.below(4) == 0 && prefix.isEmpty ? "\(number)" : "\(prefix)key:\(number)"
        store(&shard, key, value, in: UInt8(dice.below(3)), expiry: expiry)
    }
}

/// All that a shard holds.
func images(_ shard: inout Shard) -> [Key: Image] {
    var images: [Key: Image] = [:]
    for number in 0..<shard.databaseCount {
        let index = DatabaseIndex(rawValue: UInt8(number))
        var ids: [EntryID] = []
        var cursor: UInt64 = 0
        repeat { cursor = shard.scan(in: index, from: cursor, into: &ids) } while cursor != 0
        for id in ids {
            images[Key(database: number, key: shard.key(of: id).copied())] = Image(
                value: shard.value(of: id).copied(), expiry: shard.expiry(of: id)?.rawValue)
        }
    }
    return images
}

/// A shard's snapshot as chunks.
func contents(_ shard: inout Shard, options: SnapshotOptions = SnapshotOptions()) -> [SnapshotChunk] {
    let encoder = SnapshotEncoder(options)
    shard.beginSnapshot(into: encoder)
    while shard.continueSnapshot(atMost: 50) {}
    encoder.finish()
    var chunks: [SnapshotChunk] = []
    while let chunk = encoder.takeChunk() { chunks.append(chunk) }
    return chunks
}

/// The file that the chunks of several cores make.
func snapshot(
    _ cores: [[SnapshotChunk]], options: SnapshotOptions, facts: [(name: String, value: String)]
) -> [UInt8] {
    var file = SnapshotLayout.header(facts: facts, databases: [(0, 1, 0)])
    var pieces = SummedPieces()
    pieces.add(SummedPiece(offset: 0, length: file.count, sum: CRC64.of(file.span.raw)))
    for chunk in cores.joined() {
        let bytes = chunk.bytes.bytes.copied()
        pieces.add(SummedPiece(offset: file.count, length: bytes.count, sum: CRC64.of(bytes.span.raw)))
        file += bytes
    }
    let end = SnapshotLayout.end(after: pieces, summing: true)
    precondition(end.offset == file.count)
    return file + end.bytes
}

struct Loaded {
    var images: [Key: Image] = [:]
    /// Keys by the core that keeps them.
    var keysByCore: [Set<Key>] = []
    var expired = 0
    var facts: [String: String] = [:]
    var checksum: UInt64?
    var computed: UInt64?
}

/// Loads a file as so many cores would, each into a shard of its own.
func load(
    _ file: [UInt8], cores: Int, pieceMax: Int = .max, at now: UnixMillis = start
) throws(RDBReader.Failure) -> Loaded {
    var result = Loaded()
    var pieces = SummedPieces()
    for core in 0..<cores {
        var shard = makeShard()
        var loader = RDBLoader(fileSize: file.count, core: core, coreCount: cores, databaseCount: 4)
        var isDone = false
        while !isDone {
            switch try loader.step(7, into: &shard, at: now) {
            case .busy: continue
            case .needsBytes:
                let wanted = loader.wanted
                let end = wanted.lowerBound + min(wanted.count, pieceMax)
                loader.take(Array(file[wanted.lowerBound..<end]).span.raw)
            case .done(let checksum, _):
                result.checksum = checksum
                isDone = true
            }
        }
        pieces.add(loader.pieces)
        result.expired += loader.keysExpired
        result.facts = loader.facts
        let found = images(&shard)
        result.keysByCore.append(Set(found.keys))
        result.images.merge(found) { first, _ in first }
    }
    result.computed = pieces.total()?.sum
    return result
}
