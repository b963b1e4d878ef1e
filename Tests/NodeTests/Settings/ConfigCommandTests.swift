import Testing

@testable import Node

/// Replies recorded from redis-server 7.0.15.
@Suite struct ConfigCommandTests {
    private func get(_ patterns: String..., from store: SettingsStore = SettingsStore()) -> [String] {
        ConfigCommand.get(patterns, from: store).flatMap { [$0.name, $0.value] }
    }

    private func set(
        _ arguments: String..., in store: SettingsStore = SettingsStore(), guarded: Bool = false
    ) -> Result<SettingsStore, ConfigCommand.SetError> {
        Result { () throws(ConfigCommand.SetError) in
            try ConfigCommand.set(arguments, in: store, mayChangeGuarded: guarded, files: files([:]))
        }
    }

    private func error(_ result: Result<SettingsStore, ConfigCommand.SetError>) -> String {
        if case .failure(let error) = result { error.text } else { "OK" }
    }

    @Test func getsByNameAndPattern() {
        #expect(get("PORT") == ["PORT", "6379"])
        #expect(get("nosuch") == [])
        #expect(get("port", "po*") == ["port", "6379"])
        #expect(get("por?") == ["port", "6379"])
        #expect(get("[ps]ort") == ["port", "6379"])
        #expect(get("*-priority") == ["replica-priority", "100", "slave-priority", "100"])
        #expect(get("slaveof", "replicaof") == ["slaveof", "", "replicaof", ""])
        #expect(get("LATENCY-T*").count == 4)
        #expect(get("save", "appendonly") == ["save", "3600 1 300 100 60 10000", "appendonly", "no"])
        #expect(get("*").count == 2 * Directive.names.count)
    }

    @Test func setsSeveralAtOnce() throws {
        let store = try set("timeout", "9", "MAXMEMORY", "1mb").get()
        #expect(store["timeout"] == "9")
        #expect(store["maxmemory"] == "1048576")
        #expect(try set("slave-priority", "1", "replica-priority", "2").get()["replica-priority"] == "2")
    }

    @Test func refusesAllOrNothing() {
        let failed = "ERR CONFIG SET failed (possibly related to argument "
        #expect(error(set("timeout", "1", "hz")) == "ERR syntax error")
        #expect(
            error(set("nosuch", "1")) == "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"
        )
        #expect(
            error(set("timeout", "1", "nosuch", "2"))
                == "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'")
        #expect(error(set("timeout", "1", "timeout", "2")) == failed + "'timeout') - duplicate parameter")
        #expect(
            error(set("timeout", "7", "hz", "junk"))
                == failed + "'hz') - argument couldn't be parsed into an integer")
        #expect(
            error(set("timeout", "1", "databases", "3")) == failed
                + "'databases') - can't set immutable config")
        #expect(error(set("dir", "/tmp")) == failed + "'dir') - can't set protected config")
        #expect(error(set("dir", "/tmp", guarded: true)) == "OK")
        #expect(
            error(set("dir", "/nosuchdir", guarded: true)) == failed + "'dir') - No such file or directory")
        #expect(error(set("save", "900 1  300 10")) == failed + "'save') - Invalid save parameters")
        #expect(
            error(set("port", "1")) == failed + "'port') - can't be changed while the node runs",
            "Redis rebinds; we do not yet")
        #expect(error(set("port", "6379")) == "OK")
        #expect(error(set("port", "x")) == failed + "'port') - argument couldn't be parsed into an integer")
    }

    @Test func setReplacesSavePointsAndMergesBufferLimits() throws {
        var store = try set("save", "900 1").get()
        store = try set("save", "60 5", in: store).get()
        #expect(store["save"] == "60 5")
        store = try set("client-output-buffer-limit", "normal 1mb 2kb 3", in: store).get()
        #expect(
            Settings(store).outputBufferLimits.normal
                == BufferLimits.Limit(hardBytes: 1 << 20, softBytes: 2048, softSeconds: 3))
        #expect(Settings(store).outputBufferLimits.replica.softSeconds == 60)
    }

    @Test func rewriteNeedsAFile() {
        #expect(throws: ConfigCommand.SetError(text: "ERR The server is running without a config file")) {
            try ConfigCommand.rewrite(SettingsStore())
        }
        var store = SettingsStore()
        store.file = "/x"
        #expect(throws: ConfigCommand.SetError(text: "ERR Rewriting config file: Permission denied")) {
            try ConfigCommand.rewrite(store, files: files(["/x": ""]))
        }
    }

    private func rewritten(_ old: String, _ changes: String...) throws -> String {
        let loaded = try ConfigLoad.run(CommandLineOptions(["c"]), files: files(["c": old]))
        let store = try ConfigCommand.set(changes, in: loaded, mayChangeGuarded: true, files: files([:]))
        let text = String(decoding: ConfigRewrite.rewritten(Array(old.utf8), to: store), as: UTF8.self)
        // The working folder is always written, as Redis does; it differs from machine to machine.
        #expect(text.contains("\ndir \(workingFolder())\n"))
        return text.replacing("dir \(workingFolder())\n", with: "")
    }

    @Test func rewriteKeepsCommentsAndOrder() throws {
        #expect(
            try rewritten(
                "# mine\n\nport 7000\n  # more\nmaxmemory 1mb\n# end\n",
                "maxmemory", "2gb", "requirepass", "a b\"", "timeout", "5")
                == "# mine\n\nport 7000\n  # more\nmaxmemory 2gb\n# end\n"
                + "# Generated by CONFIG REWRITE\ntimeout 5\nrequirepass \"a b\\\"\"\n")
    }

    @Test func rewriteSpreadsAndGathersRepeatedLines() throws {
        #expect(
            try rewritten("save 900 1\n# x\nsave 300 10\nhz 11\n", "save", "60 1")
                == "save 60 1\n# x\nhz 11\n# Generated by CONFIG REWRITE\n")
        #expect(
            try rewritten("save 900 1\nhz 11\n", "save", "")
                == "save \"\"\nhz 11\n# Generated by CONFIG REWRITE\n")
        #expect(
            try rewritten("save 900 1\nhz 11\n", "save", "1 1 2 2")
                == "save 1 1\nhz 11\n# Generated by CONFIG REWRITE\nsave 2 2\n")
    }

    @Test func whatIsRewrittenReadsBackTheSame() throws {
        let old = "include inc.conf\nbind 127.0.0.1 -::1\nsave 900 1\nslave-priority 7\n"
        let store = try ConfigLoad.run(
            CommandLineOptions([
                "c", "--client-output-buffer-limit", "normal 10mb 1000 7", "--requirepass", "\u{1}'é\n",
            ]),
            files: files(["c": old, "inc.conf": "hz 17"]))
        let bytes = ConfigRewrite.rewritten(Array(old.utf8), to: store)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("include inc.conf\n"))
        let again = try ConfigLoad.run(
            CommandLineOptions(["c"]), files: files(["c": text, "inc.conf": "hz 17"]))
        for index in Directive.all.indices {
            let id = DirectiveID(index: index)
            #expect(again[id] == store[id], "\(Directive[id].name)")
        }
        #expect(ConfigRewrite.rewritten(bytes, to: again) == bytes, "a second rewrite changes nothing")
    }
}
