import Commands
import Testing
import Wire

@Suite struct ScanTests {
    private func walk(_ shard: inout TestShard, _ options: String, each: (inout TestShard) -> Void = { _ in })
        -> [String]
    {
        var cursor = "0"
        var keys: [String] = []
        repeat {
            let words = shard.run("SCAN \(cursor) \(options)").split(separator: " ").map(String.init)
            cursor = words[2]
            keys += stride(from: 5, to: words.count, by: 2).map { words[$0] }
            each(&shard)
        } while cursor != "0"
        return keys
    }

    @Test func aWalkSeesEveryKeyOnce() throws {
        var shard = try TestShard()
        let names = (0..<5000).map { "key:\($0)" }
        for name in names { _ = shard.run("SET \(name) v") }
        #expect(walk(&shard, "").sorted() == names.sorted())
        #expect(walk(&shard, "COUNT 1000").sorted() == names.sorted())
        #expect(
            walk(&shard, "COUNT 100 MATCH key:*00").sorted() == names.filter { $0.hasSuffix("00") }.sorted())
        #expect(walk(&shard, "COUNT 100 TYPE list") == [])
    }

    @Test func aWalkSeesWhatStaysWhileTheTableGrows() throws {
        var shard = try TestShard()
        let names = (0..<500).map { "stays:\($0)" }
        for name in names { _ = shard.run("SET \(name) v") }
        var added = 0
        let seen = walk(&shard, "COUNT 10") { shard in
            for _ in 0..<200 where added < 6000 {
                _ = shard.run("SET new:\(added) v")
                added += 1
            }
        }
        #expect(Set(names).isSubset(of: Set(seen)))
        #expect(added == 6000)
    }

    @Test func whatHasExpiredIsNotSeen() throws {
        var shard = try TestShard()
        _ = shard.run("SET a v PX 10")
        _ = shard.run("SET b v")
        shard.pass(milliseconds: 11)
        #expect(walk(&shard, "") == ["b"])
        #expect(shard.run("KEYS *") == "*1 $1 b")
    }

    /// What a node with several shards does: one step on one shard, with a cursor of its own.
    @Test func stepsOfOneShard() throws {
        var shard = try TestShard()
        for index in 0..<100 { _ = shard.run("SET key:\(index) v") }
        let line = Array("SCAN".utf8) + Array("0".utf8) + Array("COUNT".utf8) + Array("20".utf8)
        let ranges = [(0, 4), (4, 1), (5, 5), (10, 2)].map {
            ArgumentRange(offset: UInt32($0.0), length: UInt32($0.1))
        }
        let arguments = Arguments(bytes: line.span.raw, ranges: ranges.span)
        let call = Call(
            .scan, arguments, hash: shard.shard.hash(arguments[1]), database: shard.database, now: shard.now)
        var refusal = ReplyWriter()
        let request = try #require(ScanRequest(call, reply: &refusal))
        #expect(request.cursor == 0)
        var keys = ReplyWriter()
        var found = 0
        var cursor: UInt64 = 0
        var steps = 0
        repeat {
            cursor = request.step(call, from: cursor, on: &shard.shard, keys: &keys, found: &found)
            steps += 1
        } while cursor != 0
        #expect(found == 100)
        #expect(steps >= 3)
        #expect(replyCount(keys.buffer.bytes.copied()) == 100)
    }
}
