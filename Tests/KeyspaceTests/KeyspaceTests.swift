import Testing

@testable import Keyspace

/// Bytes of a text, for keys and values.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func makeShard(arenaBytes: Int = 1 << 30, databases: Int = 4) -> Shard {
    var configuration = ShardConfiguration(hashSeed: (1, 2), startMicros: 1_700_000_000_000_000)
    configuration.arenaBytes = arenaBytes
    configuration.databaseCount = databases
    configuration.hugePages = false
    guard let shard = Shard(configuration) else { preconditionFailure("no address space for a test's arena") }
    return shard
}

let db0 = DatabaseIndex(rawValue: 0)
let start = UnixMillis(rawValue: 1_700_000_000_000)

extension Shard {
    @discardableResult
    mutating func set(
        _ key: [UInt8], _ value: [UInt8], in db: DatabaseIndex = db0, expiry: ExpiryChange = .clear,
        at now: UnixMillis = start
    ) -> EntryID? {
        store(
            key.span.bytes, hash(key.span.bytes), in: db, value: value.span.bytes, encoding: .raw,
            expiry: expiry,
            at: now)
    }

    mutating func get(
        _ key: [UInt8], in db: DatabaseIndex = db0, at now: UnixMillis = start, _ mode: LookupMode = .read
    ) -> [UInt8]? {
        guard let id = find(key.span.bytes, hash(key.span.bytes), in: db, at: now, mode) else { return nil }
        return array(value(of: id))
    }
}

func array(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }

@Test func storesAndFinds() {
    var shard = makeShard()
    #expect(shard.get(bytes("a")) == nil)
    #expect(shard.set(bytes("a"), bytes("one")) != nil)
    #expect(shard.set(bytes(""), bytes("empty key")) != nil)
    #expect(shard.get(bytes("a")) == bytes("one"))
    #expect(shard.get(bytes("")) == bytes("empty key"))
    for i in 0..<20_000 {
        shard.set(
            bytes("key:\(i)"), bytes("value \(i)"),
            expiry: i % 3 == 0 ? .at(UnixMillis(rawValue: start.rawValue + Int64(i))) : .clear)
    }
    for i in 0..<20_000 { #expect(shard.get(bytes("key:\(i)")) == bytes("value \(i)")) }
    #expect(shard.count(in: db0) == 20_002)
    let removed = shard.expire(at: UnixMillis(rawValue: start.rawValue + 21_000), atMost: .max)
    #expect(removed == 6667)
    #expect(shard.count(in: db0) == 13_335)
    shard.flush(in: db0)
    #expect(shard.usedBytes == 0)
}
