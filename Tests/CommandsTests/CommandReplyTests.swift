import Commands
import Testing
import Wire

@Suite struct CommandReplyTests {
    private func command(_ line: String, _ version: RESPVersion = .v2) -> String {
        var text = ByteBuffer()
        var ranges: [ArgumentRange] = []
        _ = InlineSplitter.split(line.utf8.span.raw, into: &text, ranges: &ranges)
        let arguments = Arguments(bytes: text.bytes, ranges: ranges.span)
        var reply = ReplyWriter(version: version)
        switch CommandTable.resolve(arguments, reply: &reply) {
        case .refused: break
        case .command: CommandReply.write(nil, arguments, reply: &reply)
        case .subcommand(_, let id): CommandReply.write(id, arguments, reply: &reply)
        }
        let bytes = reply.buffer.bytes.copied()
        #expect(replyCount(bytes) == 1, "\(line)")
        return readable(bytes)
    }

    // Replies below are those of redis-server 7.0.15 where nothing else is said.

    @Test func information() {
        #expect(
            command("COMMAND INFO get") == """
                *1 *10 $3 get :2 *2 +readonly +fast :1 :1 :1 *3 +@read +@string +@fast *0 *1 *6 $5 flags *2 +RO \
                +access $12 begin_search *4 $4 type $5 index $4 spec *2 $5 index :1 $9 find_keys *4 $4 type $5 range \
                $4 spec *6 $7 lastkey :0 $7 keystep :1 $5 limit :0 *0
                """)
        #expect(
            command("COMMAND INFO get", .v3) == """
                *1 *10 $3 get :2 ~2 +readonly +fast :1 :1 :1 ~3 +@read +@string +@fast ~0 ~1 %3 $5 flags ~2 +RO \
                +access $12 begin_search %2 $4 type $5 index $4 spec %1 $5 index :1 $9 find_keys %2 $4 type $5 range \
                $4 spec %3 $7 lastkey :0 $7 keystep :1 $5 limit :0 ~0
                """)
        #expect(command("COMMAND INFO nosuch config|nosuch") == "*2 $-1 $-1")
        #expect(command("COMMAND COUNT") == ":\(CommandTable.specs.count)")
        #expect(command("COMMAND").hasPrefix("*\(CommandTable.specs.count) *10 $6 append"))
        #expect(command("COMMAND INFO") == command("COMMAND"))
    }

    @Test func documentation() {
        #expect(
            command("COMMAND DOCS getset nosuch", .v3)
                == """
                %1 $6 getset %8 $7 summary $52 Replaces a string and returns what was there before. $5 since $5 1.0.0 \
                $5 group $6 string $10 complexity $4 O(1) $9 doc_flags ~1 +deprecated $16 deprecated_since $5 6.2.0 \
                $11 replaced_by $29 `SET` with the `GET` argument $9 arguments *2 %3 $4 name $3 key $4 type $3 key \
                $14 key_spec_index :0 %2 $4 name $5 value $4 type $6 string
                """)
        #expect(command("COMMAND DOCS nosuch") == "*0")
        #expect(command("COMMAND DOCS").hasPrefix("*\(CommandTable.specs.count * 2) "))
    }

    @Test func lists() {
        #expect(command("COMMAND LIST FILTERBY PATTERN get?") == "*1 $4 gets")
        #expect(
            command("COMMAND LIST FILTERBY PATTERN *|getk*", .v3)
                == "*2 $15 command|getkeys $23 command|getkeysandflags")
        #expect(command("COMMAND LIST FILTERBY ACLCAT geo") == "*0")
        #expect(command("COMMAND LIST FILTERBY MODULE x") == "*0")
        #expect(command("COMMAND LIST FILTERBY FOO x") == "-ERR syntax error")
        #expect(command("COMMAND LIST FILTERBY") == "-ERR syntax error")
        let all = CommandTable.specs.count + CommandTable.subcommandSpecs.count
        #expect(command("COMMAND LIST", .v3).hasPrefix("~\(all) "))
    }

    @Test(arguments: [
        ("GET a", "*1 $1 a"), ("MSET a 1 b 2", "*2 $1 a $1 b"), ("BITOP AND d a b", "*3 $1 d $1 a $1 b"),
        ("OBJECT ENCODING k", "*1 $1 k"), ("MEMORY USAGE k", "*1 $1 k"),
        ("PING x", "-ERR The command has no key arguments"),
        ("NOSUCH a", "-ERR Invalid command specified"), ("OBJECT FOO a", "-ERR Invalid command specified"),
        ("GET a b", "-ERR Invalid number of arguments specified for command"),
    ])
    func keysOfCommands(_ line: String, _ expected: String) {
        #expect(command("COMMAND GETKEYS \(line)") == expected)
    }

    @Test(arguments: [
        ("SET a b", "*1 *2 $1 a *2 +OW +update"), ("SET a b GET", "*1 *2 $1 a *3 +RW +access +update"),
        ("SET get b", "*1 *2 $3 get *2 +OW +update"), ("SET a b IFEQ c", "*1 *2 $1 a *3 +RW +access +update"),
        ("BITFIELD a GET u8 0", "*1 *2 $1 a *2 +RO +access"),
        ("BITFIELD a GET u8 0 SET u8 0 1", "*1 *2 $1 a *3 +RW +access +update"),
        ("DEL a", "*1 *2 $1 a *2 +RM +delete"),
    ])
    func flagsOfKeys(_ line: String, _ expected: String) {
        #expect(command("COMMAND GETKEYSANDFLAGS \(line)") == expected)
    }

    @Test func helpComesFromTheTable() {
        for container in CommandID.allCases where container.isContainer {
            var reply = ReplyWriter()
            CommandReply.help(of: container, reply: &reply)
            let spec = CommandTable.spec(of: container)
            let text = readable(reply.buffer.bytes.copied())
            #expect(
                text.hasPrefix("*\(1 + 2 * spec.subcommands.count) +\(spec.name.uppercased()) subcommand"))
            for subcommand in spec.subcommands { #expect(text.contains(subcommand.summary)) }
        }
    }
}
