// What a shard costs: bytes a key, nanoseconds a lookup, the slowest insert, how late keys expire. One thread, no
// network, a few seconds each.
//
//     swift run -c release shard-bench [bytes | grow | find | expire | flush]...
import Glibc
import Keyspace

var wanted = Set(CommandLine.arguments.dropFirst())
if wanted.isEmpty { wanted = ["bytes", "grow", "find", "expire", "flush"] }
if wanted.contains("bytes") { measureBytes() }
if wanted.contains("grow") {
    measureNothing(); measureGrowth()
}
if wanted.contains("find") {
    measureFind(keys: 10_000); measureFind(keys: 10_000_000)
    measureFind(keys: 10_000_000, hugePages: false)
}
if wanted.contains("expire") { measureExpiry() }
if wanted.contains("flush") { measureFlush() }
