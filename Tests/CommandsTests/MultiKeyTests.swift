import Commands
import Keyspace
import Testing
import Wire

/// Multi-key commands across two shards give the replies and the data that one shard gives.
@Suite struct MultiKeyTests {
    static let commands = [
        "RENAME a b", "RENAME a nokey", "RENAME nokey a", "RENAMENX a b", "RENAMENX a new", "RENAME a a",
        "COPY a b",
        "COPY a b REPLACE", "COPY a new", "COPY a b DB 1", "COPY nokey b", "COPY a b FOO",
        "MSETNX x 1 y 2 z 3",
        "MSETNX x 1 a 2", "MSETNX x 1 y", "BITOP AND d a b", "BITOP OR d a b t", "BITOP XOR d a nokey",
        "BITOP NOT d a", "BITOP NOT d a b", "BITOP AND a nokey nokey2", "LCS a b", "LCS a b IDX",
        "LCS a nokey LEN",
        "COPY t new", "RENAME t new",
    ]

    /// Two shards; a key lives on the one that its hash's lowest bit names.
    struct Pair: ~Copyable {
        var even: TestShard
        var odd: TestShard

        init() throws {
            let first = try TestShard()
            let second = try TestShard()
            even = first
            odd = second
        }

        func isOdd(_ key: String) -> Bool { key.utf8.reduce(0) { $0 + Int($1) } & 1 == 1 }

        mutating func run(_ line: String, key: String) -> String {
            isOdd(key) ? odd.run(line) : even.run(line)
        }

        /// The node's part: gather on each key's shard, combine, apply on each key's shard.
        mutating func runSteps(_ line: String) -> String {
            var text = ByteBuffer()
            var ranges: [ArgumentRange] = []
            _ = InlineSplitter.split(line.utf8.span.raw, into: &text, ranges: &ranges)
            let arguments = Arguments(bytes: text.bytes, ranges: ranges.span)
            guard let id = CommandTable.find(arguments[0]) else { return "unknown" }
            let call = Call(
                id, arguments, hash: even.shard.hash(arguments[1]), database: even.database, now: even.now)
            var reply = ReplyWriter()
            var images: [KeyImage] = []
            for index in CommandTable.profile(of: id).keyIndices(argumentCount: arguments.count) {
                let key = String(decoding: arguments[index].copied(), as: UTF8.self)
                images.append(
                    isOdd(key)
                        ? MultiKey.gather(call, keyIndex: index, on: &odd.shard)
                        : MultiKey.gather(call, keyIndex: index, on: &even.shard))
            }
            for write in MultiKey.combine(call, images, reply: &reply) {
                let key = String(decoding: arguments[write.keyIndex].copied(), as: UTF8.self)
                let isDone =
                    isOdd(key)
                    ? MultiKey.apply(write, of: call, on: &odd.shard)
                    : MultiKey.apply(write, of: call, on: &even.shard)
                #expect(isDone)
            }
            return readable(reply.buffer.bytes.copied())
        }
    }

    @Test(arguments: commands)
    func twoShardsAreLikeOne(_ command: String) throws {
        var one = try TestShard()
        var two = try Pair()
        for (key, line) in [("a", "SET a ohmytext"), ("b", "SET b mynewtext EX 50"), ("t", "SET t 5 EX 100")]
        {
            _ = one.run(line)
            _ = two.run(line, key: key)
        }
        #expect(two.runSteps(command) == one.run(command))
        for key in ["a", "b", "d", "t", "x", "y", "z", "new", "nokey"] {
            for read in ["GET \(key)", "PTTL \(key)", "OBJECT ENCODING \(key)"] {
                #expect(two.run(read, key: key) == one.run(read), "\(read) after \(command)")
            }
        }
    }
}
