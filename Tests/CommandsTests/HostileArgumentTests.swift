import Commands
import Keyspace
import Testing
import Wire

/// Whatever a client sends, a command answers one reply, and the shard stays whole.
@Suite struct HostileArgumentTests {
    static let numbers = [
        "-9223372036854775808", "-1", "0", "9223372036854775807", "9223372036854775808", "4294967295",
        "4294967297", "1e308", "nan", "", "abc", "-9223372036854775809", "18446744073709551616", "2147483648",
        "#9223372036854775807", "9223372036854775",
    ]

    /// Every argument of every command, one at a time and two at a time, beside harmless ones.
    @Test(arguments: CommandTable.specs.filter { $0.route != .connection }.map(\.id))
    func everyNumericLimit(_ id: CommandID) throws {
        let spec = CommandTable.spec(of: id)
        var shard = try TestShard(arenaBytes: 16 << 20)
        for options in HostileArgumentTests.calls(of: spec) {
            for index in options.indices.dropFirst() {
                for number in HostileArgumentTests.numbers {
                    var words = options
                    words[index] = number
                    check(words, on: &shard)
                    if index + 1 < words.count {
                        words[index + 1] = number
                        check(words, on: &shard)
                    }
                }
            }
        }
        #expect(shard.shard.checkInvariants() == [])
    }

    private func check(_ words: [String], on shard: inout TestShard) {
        _ = shard.run("FLUSHALL")
        _ = shard.run("MSET k abcdef n 9223372036854775806 1 x")
        let reply = shard.reply(words.map { Array($0.utf8) })
        #expect(replyCount(reply) == 1, "\(words) -> \(readable(reply))")
    }

    /// Calls that reach the numbers behind a command's options.
    static func calls(of spec: CommandSpec) -> [[String]] {
        let plain = [[spec.name] + Array(repeating: "k", count: abs(spec.arity) - 1)]
        let withOptions: [String: [String]] = [
            "set": ["set k v ex 10", "set k v pxat 10 get", "set k v ifeq 10 keepttl"],
            "getex": ["getex k ex 10", "getex k px 10", "getex k exat 10", "getex k pxat 10"],
            "cas": ["cas k 1 v ex 10"], "setex": ["setex k 10 v"], "psetex": ["psetex k 10 v"],
            "incrby": ["incrby n 1"], "decrby": ["decrby n 1"], "incrbyfloat": ["incrbyfloat n 1"],
            "getrange": ["getrange k 0 1"], "substr": ["substr k 0 1"], "setrange": ["setrange k 1 a"],
            "setbit": ["setbit k 1 1"], "getbit": ["getbit k 1"], "lcs": ["lcs k n idx minmatchlen 1"],
            "bitcount": ["bitcount k 0 1 bit", "bitcount k 0 1 byte"],
            "bitpos": ["bitpos k 0 0 1 bit", "bitpos k 1 0 1 byte", "bitpos k 1 0"],
            "bitfield": [
                "bitfield k set u8 1 1", "bitfield k overflow sat incrby i64 1 1", "bitfield k get i8 #1",
                "bitfield k overflow fail incrby u63 1 1", "bitfield k overflow sat set i64 0 1",
            ],
            "bitfield_ro": ["bitfield_ro k get u8 1"], "scan": ["scan 0 count 1"],
            "expire": ["expire k 1 lt"], "pexpire": ["pexpire k 1 nx"], "expireat": ["expireat k 1"],
            "pexpireat": ["pexpireat k 1"], "copy": ["copy k n db 1 replace"], "move": ["move k 1"],
            "swapdb": ["swapdb 0 1"], "object": ["object encoding k"],
        ]
        return plain + (withOptions[spec.name] ?? []).map { $0.split(separator: " ").map(String.init) }
    }

    @Test func randomCommandsKeepTheShardWhole() throws {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        var shard = try TestShard(arenaBytes: 64 << 20)
        let calls = CommandTable.specs.filter { $0.route != .connection }.flatMap(HostileArgumentTests.calls)
        for step in 0..<20_000 {
            var words = calls[Int(generator.next() % UInt64(calls.count))]
            for index in words.indices.dropFirst() where generator.next() % 3 == 0 {
                let numbers = HostileArgumentTests.numbers
                words[index] =
                    generator.next() % 2 == 0
                    ? numbers[Int(generator.next() % 16)] : "k\(generator.next() % 4)"
            }
            let reply = shard.reply(words.map { Array($0.utf8) })
            #expect(replyCount(reply) == 1, "seed \(seed): \(words) -> \(readable(reply))")
            shard.pass(milliseconds: Int64(generator.next() % 10))
            if step % 1000 == 0 { #expect(shard.shard.checkInvariants() == [], "seed \(seed) step \(step)") }
        }
    }
}

/// A small seeded generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
