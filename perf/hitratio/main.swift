// What share of requests a cache answers, by policy and trace: a shard by itself at an equal number of keys, or a server
// over the wire, Coronet or Redis, with the same seeded trace.
//
//     swift run -c release hitratio shard [trace...]
//     swift run -c release hitratio models [trace...]     exact LRU, SIEVE, S3-FIFO and W-TinyLFU for comparison
//     swift run -c release hitratio wire PORT CACHE-KEYS REQUESTS TRACE
import Keyspace
import PerfSupport

let words = CommandLine.arguments.dropFirst()
let seed: UInt64 = 42

func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}

switch words.first {
case "wire":
    let rest = Array(words.dropFirst())
    guard rest.count == 4, let port = UInt16(rest[0]), let cacheKeys = Int(rest[1]),
        let requests = Int(rest[2]), let trace = Trace(rawValue: rest[3])
    else { fatalError("hitratio wire PORT CACHE-KEYS REQUESTS TRACE") }
    var cache = WireCache(port: port)
    print(fixed(cache.run(trace.keys(requests, cacheKeys: cacheKeys, seed: seed)), 2))
case "models":
    let cacheKeys = 20_000
    let chosen = words.dropFirst().compactMap { Trace(rawValue: $0) }
    print(padded("trace", 12) + ["LRU", "SIEVE", "S3-FIFO", "W-TinyLFU"].map { padded($0, 12) }.joined())
    for trace in chosen.isEmpty ? Trace.allCases : chosen {
        let keys = trace.keys(1_000_000, cacheKeys: cacheKeys, seed: seed)
        let ratios = [
            ExactLRU.run(keys, cacheKeys: cacheKeys), Sieve.run(keys, cacheKeys: cacheKeys),
            S3FIFO.run(keys, cacheKeys: cacheKeys), TinyLFU.run(keys, cacheKeys: cacheKeys),
        ]
        print(padded(trace.rawValue, 12) + ratios.map { padded(fixed($0, 2), 12) }.joined())
    }
default:
    let chosen = words.dropFirst().compactMap { Trace(rawValue: $0) }
    let policies: [EvictionPolicy] = [.allKeysRandom, .allKeysLRU, .allKeysLFU, .allKeysS3FIFO]
    let cacheKeys = 20_000
    print(padded("trace", 12) + policies.map { padded($0.rawValue, 16) }.joined())
    for trace in chosen.isEmpty ? Trace.allCases : chosen {
        let keys = trace.keys(1_000_000, cacheKeys: cacheKeys, seed: seed)
        var line = padded(trace.rawValue, 12)
        for policy in policies {
            var cache = ShardCache(policy: policy, keyLimit: cacheKeys)
            line += padded(fixed(cache.run(keys), 2), 16)
        }
        print(line)
    }
}
