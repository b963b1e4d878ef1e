import Testing

/// A shard whose memory is used up answers OOM and changes nothing.
@Suite struct ExhaustionTests {
    static let refusal = "-OOM command not allowed when used memory > 'maxmemory'."

    /// A shard with the keys a, b and n, filled with big and small values until nothing fits.
    private func fullShard() throws -> TestShard {
        var shard = try TestShard(arenaBytes: 4 << 20)
        _ = shard.run("MSET a aaa b bbb n 5")
        for size in [65536, 4096, 512, 64, 8] {
            let value = String(repeating: "v", count: size)
            var index = 0
            while shard.run("SET fill:\(size):\(index) \(value)") == "+OK" { index += 1 }
        }
        return shard
    }

    @Test(arguments: [
        "SET a BIG", "SET new BIG", "SETNX new BIG", "SETEX a 10 BIG", "GETSET a BIG", "APPEND a BIG",
        "APPEND new BIG",
        "SETRANGE a 100000 x", "SETRANGE new 100000 x", "SETBIT a 800000 1", "SETBIT new 800000 1",
        "BITFIELD new SET u8 800000 1", "MSET a 1 b 2 new BIG", "MSET new 1 new2 BIG", "MSET a BIG b BIG",
        "MSETNX x 1 y 2 z BIG", "SET a BIG GET",
    ])
    func nothingIsHalfDone(_ command: String) throws {
        var shard = try fullShard()
        let before = (shard.run("MGET a b n"), shard.run("DBSIZE"))
        let line = command.replacing("BIG", with: String(repeating: "x", count: 200_000))
        #expect(shard.run(line) == Self.refusal, "\(command)")
        let names = ["new", "new2", "x", "y", "z"].joined(separator: " ")
        #expect(shard.run("EXISTS \(names)") == ":0")
        #expect(shard.run("MGET a b n") == before.0)
        #expect(shard.run("DBSIZE") == before.1)
        #expect(shard.shard.checkInvariants() == [])
    }

    @Test func copiesOfBigValues() throws {
        var shard = try TestShard(arenaBytes: 4 << 20)
        let big = String(repeating: "x", count: 1_500_000)
        #expect(shard.run("SET big \(big)") == "+OK")
        #expect(shard.run("SET other \(big)") == "+OK")
        for command in ["RENAME big new", "COPY big new", "MOVE big 1", "BITOP NOT new big"] {
            #expect(shard.run(command) == Self.refusal, "\(command)")
            #expect(shard.run("STRLEN big") == ":1500000")
            #expect(shard.run("EXISTS new") == ":0")
        }
        #expect(shard.run("DEL other") == ":1")
        #expect(shard.run("RENAME big new") == "+OK")
    }
}
