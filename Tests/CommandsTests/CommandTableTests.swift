import Commands
import Testing
import Wire

@Suite struct CommandTableTests {
    @Test func everyCommandIsFoundByItsNameInAnyCase() {
        for spec in CommandTable.specs {
            for name in [
                spec.name, spec.name.uppercased(), spec.name.prefix(1).uppercased() + spec.name.dropFirst(),
            ] {
                #expect(CommandTable.find(name.utf8.span.raw) == spec.id, "\(name)")
            }
            #expect(CommandTable.find((spec.name + "x").utf8.span.raw) == nil)
            #expect(CommandTable.find((spec.name + "\0").utf8.span.raw) == nil)
        }
        for name in ["", "g", "ge", "gets2", "\0", "GET ", "g\u{e9}t", String(repeating: "a", count: 100)] {
            #expect(CommandTable.find(name.utf8.span.raw) == nil, "\(name)")
        }
    }

    @Test func everySubcommandIsFoundByItsName() {
        for spec in CommandTable.subcommandSpecs {
            let parts = spec.name.split(separator: "|")
            #expect(parts.count == 2)
            let word = String(parts[1]).uppercased()
            #expect(CommandTable.findSubcommand(of: spec.id, word.utf8.span.raw) == spec.subcommand)
            #expect(parts[0] == CommandTable.spec(of: spec.id).name)
            #expect(spec.id.isContainer)
        }
        #expect(CommandTable.findSubcommand(of: .get, "help".utf8.span.raw) == nil)
    }

    @Test func everyCommandIsDescribed() {
        for spec in CommandTable.specs + CommandTable.subcommandSpecs {
            #expect(spec.summary.hasSuffix("."), "\(spec.name) has a summary")
            #expect(spec.summary.count <= 100, "\(spec.name)'s summary is one short sentence")
            #expect(spec.since.split(separator: ".").count == 3, "\(spec.name) says since when")
            #expect(spec.arity != 0, "\(spec.name) has an arity")
            let isBoth = spec.flags.isSuperset(of: [.write, .readonly])
            #expect(!isBoth, "\(spec.name) either writes or only reads")
        }
    }

    @Test func keySpecsAgreeWithArityAndRoute() {
        for spec in CommandTable.specs + CommandTable.subcommandSpecs {
            for keys in spec.keySpecs {
                #expect(
                    keys.first >= 1 && keys.first < abs(spec.arity), "\(spec.name)'s first key always exists")
                #expect(keys.step >= 1 && keys.last >= -1)
                #expect(!keys.flags.isDisjoint(with: [.readOnly, .readWrite, .overwrite, .remove]))
            }
            let keyArguments = spec.arguments.contains {
                $0.kind == .key || $0.parts.contains { $0.kind == .key }
            }
            #expect(keyArguments == !spec.keySpecs.isEmpty, "\(spec.name) documents the keys it has")
            switch spec.route {
            case .eachKey, .multiKey: #expect(!spec.keySpecs.isEmpty, "\(spec.name)")
            case .everyShard: #expect(spec.keySpecs.isEmpty, "\(spec.name)")
            case .firstKey:
                let holdsKeys = !spec.keySpecs.isEmpty || spec.subcommands.contains { !$0.keySpecs.isEmpty }
                #expect(holdsKeys, "\(spec.name)")
            case .connection: #expect(spec.keySpecs.isEmpty, "\(spec.name)")
            }
        }
    }

    @Test func keysOfACallAreNamedByTheProfile() {
        func keys(_ id: CommandID, _ count: Int) -> [Int] {
            Array(CommandTable.profile(of: id).keyIndices(argumentCount: count))
        }
        #expect(keys(.get, 2) == [1])
        #expect(keys(.mget, 4) == [1, 2, 3])
        #expect(keys(.mset, 5) == [1, 3])
        #expect(keys(.bitop, 5) == [2, 3, 4])
        #expect(keys(.rename, 3) == [1, 2])
        #expect(keys(.copy, 6) == [1, 2])
        #expect(keys(.object, 3) == [2])
        #expect(keys(.object, 2) == [])
        #expect(keys(.ping, 2) == [])
        #expect(CommandTable.profile(of: .mset).pairsUp(argumentCount: 5))
        #expect(!CommandTable.profile(of: .mset).pairsUp(argumentCount: 4))
    }

    /// A command without an executor would trap here.
    @Test func everyDataCommandAnswersExactlyOneReply() throws {
        for spec in CommandTable.specs where spec.route != .connection {
            var shard = try TestShard()
            let words = [spec.name] + Array(repeating: "1", count: abs(spec.arity) - 1)
            let reply = shard.reply(words.map { Array($0.utf8) })
            #expect(replyCount(reply) == 1, "\(spec.name): \(readable(reply))")
        }
    }

    @Test func refusalsOfResolution() throws {
        var shard = try TestShard()
        #expect(
            shard.run("FOO a b") == "-ERR unknown command 'FOO', with args beginning with: 'a' 'b'")
        #expect(shard.run("f\"oo\" ") == "-ERR unknown command 'foo', with args beginning with:")
        #expect(
            shard.run(#""f\r\no" "a\x00b""#) == "-ERR unknown command 'f  o', with args beginning with: 'a'")
        #expect(shard.run("get") == "-ERR wrong number of arguments for 'get' command")
        #expect(
            shard.run("object encoding") == "-ERR wrong number of arguments for 'object|encoding' command")
        #expect(shard.run("object foo k") == "-ERR unknown subcommand 'foo'. Try OBJECT HELP.")
        #expect(shard.run("object") == "-ERR wrong number of arguments for 'object' command")
        let long = String(repeating: "x", count: 200)
        #expect(
            shard.run("\(long) \(long) b")
                == "-ERR unknown command '\(long.prefix(128))', with args beginning with: '\(long.prefix(128))'"
        )
    }
}

/// How many whole replies some bytes are; nil if the last one is broken.
func replyCount(_ bytes: [UInt8]) -> Int? {
    var position = 0
    var count = 0
    while position < bytes.count {
        var awaited = 1
        while awaited > 0 {
            guard case .element(let element) = ReplyElement.read(bytes.span.raw, at: position) else {
                return nil
            }
            awaited += element.parts - 1
            position = element.end
        }
        count += 1
    }
    return count
}
