import Testing

@Suite struct VersionTests {
    private func version(of reply: String) throws -> String {
        try #require(reply.split(separator: ":").last.map(String.init))
    }

    @Test func aVersionMatchesUntilTheNextWrite() throws {
        var shard = try TestShard()
        #expect(shard.run("GETS k") == "*-1")
        #expect(shard.run("CAS k 1 v") == "$-1")
        _ = shard.run("SET k a")
        let first = try version(of: shard.run("GETS k"))
        #expect(shard.run("GETS k") == "*2 $1 a :\(first)")
        #expect(shard.run("CAS k \(first) b") == "+OK")
        #expect(shard.run("CAS k \(first) c") == "$-1")
        #expect(shard.run("GET k") == "$1 b")
    }

    @Test(arguments: [
        "SET k x", "APPEND k x", "SETRANGE k 0 x", "SETBIT k 1 1", "EXPIRE k 100", "GETEX k EX 100",
        "GETSET k x",
        "INCRBYFLOAT n 1", "BITFIELD k SET u8 0 1", "BITOP NOT k k", "MSET k x", "COPY n k REPLACE",
        "RENAME n k",
    ])
    func everyWriteChangesIt(_ write: String) throws {
        var shard = try TestShard()
        _ = shard.run("MSET k a n 1")
        let key = write.hasPrefix("INCR") ? "n" : "k"
        let before = try version(of: shard.run("GETS \(key)"))
        _ = shard.run(write)
        #expect(shard.run("CAS \(key) \(before) z") == "$-1")
        #expect(try version(of: shard.run("GETS \(key)")) != before)
    }

    @Test func readsDoNotChangeIt() throws {
        var shard = try TestShard()
        _ = shard.run("SET k a")
        let version = try version(of: shard.run("GETS k"))
        for read in [
            "GET k", "TTL k", "TOUCH k", "OBJECT ENCODING k", "GETRANGE k 0 1", "GETEX k", "SETNX k x",
        ] {
            _ = shard.run(read)
        }
        #expect(shard.run("CAS k \(version) b") == "+OK")
    }

    @Test func aVersionNeverComesBack() throws {
        var shard = try TestShard()
        var seen: Set<String> = []
        for _ in 0..<100 {
            _ = shard.run("SET k same")
            #expect(seen.insert(try version(of: shard.run("GETS k"))).inserted)
            _ = shard.run("DEL k")
        }
        #expect(shard.run("CAS k \(seen.first ?? "1") v") == "$-1")
    }

    @Test func expiryOfCas() throws {
        var shard = try TestShard()
        _ = shard.run("SET k a EX 100")
        #expect(shard.run("CAS k \(try version(of: shard.run("GETS k"))) b KEEPTTL") == "+OK")
        #expect(shard.run("TTL k") == ":100")
        #expect(shard.run("CAS k \(try version(of: shard.run("GETS k"))) b PX 5000") == "+OK")
        #expect(shard.run("PTTL k") == ":5000")
        #expect(shard.run("CAS k \(try version(of: shard.run("GETS k"))) b") == "+OK")
        #expect(shard.run("TTL k") == ":-1")
    }

    @Test func refusals() throws {
        var shard = try TestShard()
        #expect(shard.run("CAS k abc v") == "-ERR value is not an integer or out of range")
        #expect(shard.run("CAS k 1 v NX") == "-ERR syntax error")
        #expect(shard.run("CAS k 1 v EX 0") == "-ERR invalid expire time in 'cas' command")
        #expect(shard.run("CAS k 1") == "-ERR wrong number of arguments for 'cas' command")
        #expect(shard.run("GETS k x") == "-ERR wrong number of arguments for 'gets' command")
    }

    @Test func setIfEqual() throws {
        var shard = try TestShard()
        #expect(shard.run("SET k new IFEQ old") == "$-1")
        #expect(shard.run("EXISTS k") == ":0")
        _ = shard.run("SET k old")
        #expect(shard.run("SET k new IFEQ other") == "$-1")
        #expect(shard.run("SET k new IFEQ old EX 100") == "+OK")
        #expect(shard.run("TTL k") == ":100")
        #expect(shard.run("SET k newer GET IFEQ new") == "$3 new")
        #expect(shard.run("SET k x GET IFEQ new") == "$5 newer")
        #expect(shard.run("GET k") == "$5 newer")
        #expect(shard.run("SET k x IFEQ") == "-ERR syntax error")
        #expect(shard.run("SET k x IFEQ a NX") == "-ERR syntax error")
        #expect(shard.run("SET k x XX IFEQ a") == "-ERR syntax error")
    }
}
