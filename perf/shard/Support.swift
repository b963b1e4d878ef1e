import Keyspace

let db = DatabaseIndex(rawValue: 0)
let epoch = UnixMillis(rawValue: 1_700_000_000_000)

func makeShard(hugePages: Bool = true) -> Shard {
    var configuration = ShardConfiguration(hashSeed: (0x1234, 0x5678), startMicros: 1_700_000_000_000_000)
    configuration.hugePages = hugePages
    guard let shard = Shard(configuration) else { preconditionFailure("no address space for the arena") }
    return shard
}
