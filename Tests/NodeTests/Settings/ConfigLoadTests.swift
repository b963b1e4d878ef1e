import Glibc
import Testing

@testable import Node

/// A file system in memory.
func files(_ contents: [String: String]) -> ConfigFiles {
    ConfigFiles(
        read: { path in
            contents[path].map { .success(Array($0.utf8)) }
                ?? .failure(ConfigFiles.Refusal(text: "No such file or directory"))
        },
        match: { pattern in
            let prefix = String(pattern.prefix { $0 != "*" })
            return contents.keys.filter { $0.hasPrefix(prefix) }.sorted()
        },
        folderRefusal: { $0 == "/nosuchdir" ? ConfigFiles.Refusal(text: "No such file or directory") : nil },
        replace: { _, _ in .failure(ConfigFiles.Refusal(text: "Permission denied")) })
}

@Suite struct ConfigLoadTests {
    private func load(
        _ text: String?, _ arguments: String..., others: [String: String] = [:]
    ) throws(ConfigError) -> SettingsStore {
        var contents = others
        if let text { contents["t.conf"] = text }
        return try ConfigLoad.run(
            CommandLineOptions((text == nil ? [] : ["t.conf"]) + arguments), files: files(contents))
    }

    private func error(_ text: String?, _ arguments: String..., others: [String: String] = [:]) -> String {
        var contents = others
        if let text { contents["t.conf"] = text }
        let line = (text == nil ? [] : ["t.conf"]) + arguments
        do throws(ConfigError) {
            _ = try ConfigLoad.run(CommandLineOptions(line), files: files(contents))
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("timeout \"12\"\n", "timeout", "12"), ("TimeOut '13'", "timeout", "13"),
        ("timeout \"1\\x35\"\n", "timeout", "15"), ("timeout 1\"2\"\n", "timeout", "12"),
        ("  # note\n\n\ttimeout 4\r\n", "timeout", "4"),
        ("requirepass \"a\\nb\\\"c\"", "requirepass", "a\nb\"c"),
        ("maxmemory 100mb\nmaxmemory 50", "maxmemory", "50"),
        ("save 900 1\nsave 300 10", "save", "900 1 300 10"),
        ("save 900 1 300 10", "save", "900 1 300 10"), ("save 900 1\nsave \"\"", "save", ""),
        ("save \"\"\nsave 900 1", "save", "900 1"), ("save \"900 1\"", "save", "900 1"),
        ("bind 127.0.0.1 ::1", "bind", "127.0.0.1 ::1"),
        ("bind \"127.0.0.1 -::1\"", "bind", "127.0.0.1 -::1"),
        ("slaveof no one", "replicaof", ""), ("list-max-ziplist-entries 4", "timeout", "0"),
        (
            "client-output-buffer-limit normal 1mb 0 0\nclient-output-buffer-limit pubsub 2mb 0 0",
            "client-output-buffer-limit", "normal 1048576 0 0 slave 268435456 67108864 60 pubsub 2097152 0 0"
        ),
    ])
    func reads(text: String, name: String, value: String) throws {
        #expect(try load(text)[name] == value)
    }

    @Test(arguments: [
        ("timeout", "t.conf:1: timeout: wrong number of arguments"),
        ("timeout 1 2", "t.conf:1: timeout: wrong number of arguments (given: 1 2)"),
        (
            "# c\n\n  timeout \"12\n",
            "t.conf:3: timeout: Unbalanced quotes in configuration line, or not UTF-8"
        ),
        ("timeout \"1\"2", "t.conf:1: timeout: Unbalanced quotes in configuration line, or not UTF-8"),
        ("hz 5\nport x", "t.conf:2: port: argument couldn't be parsed into an integer (given: x)"),
        ("Nosuchthing 1", "t.conf:1: unknown directive 'Nosuchthing'"),
        ("maxmemroy 1", "t.conf:1: unknown directive 'maxmemroy'; did you mean 'maxmemory'?"),
        ("include", "t.conf:1: include: give one path"),
        (
            "hz 1\ninclude gone.conf",
            "t.conf:2: can't open config file 'gone.conf': No such file or directory"
        ),
        ("dir /nosuchdir", "t.conf:1: dir: No such file or directory (given: /nosuchdir)"),
        (
            "rename-command FLUSHALL \"\"",
            "t.conf:1: rename-command: not supported: commands cannot be renamed or disabled"
        ),
        (
            "tls-port 6380",
            "t.conf:1: tls-port: only the default (0) is supported: TLS is not built yet: "
                + "this port would not be served (given: 6380)"
        ),
    ])
    func pointsAtTheLine(text: String, message: String) {
        #expect(error(text) == message)
    }

    @Test func theCommandLineComesLast() throws {
        #expect(try load("timeout 1", "--timeout", "2")["timeout"] == "2")
        #expect(try load("save 900 1", "--save", "300", "10")["save"] == "900 1 300 10")
        #expect(try load("save 900 1", "--save")["save"] == "")
        #expect(try load("save 900 1", "--save", "--hz", "20")["save"] == "")
        #expect(try load(nil, "--timeout 3")["timeout"] == "3")
        #expect(try load(nil, "--requirepass", "--x", "--timeout", "5")["requirepass"] == "--x")
        #expect(try load(nil, "--bind", "127.0.0.1", "::1")["bind"] == "127.0.0.1 ::1")
        #expect(error(nil, "--nosuchthing", "3") == "command line: unknown directive '--nosuchthing'")
        #expect(error(nil, "--timeout") == "command line: --timeout: wrong number of arguments")
        #expect(
            error("hz 1", "hz", "2") == "command line: 'hz' stands after the file, before any --directive")
        #expect(
            error(nil, "gone.conf")
                == "gone.conf: can't open config file 'gone.conf': No such file or directory")
    }

    @Test func switchesAreNoDirectives() throws {
        #expect(
            try CommandLineOptions(["a.conf", "--check-config", "--port", "1"]).switches == [.checkConfig])
        let password = try CommandLineOptions(["--requirepass", "--help"])
        #expect(password.switches.isEmpty)
        #expect(password.options == [.init(name: "requirepass", values: ["--help"])])
    }

    @Test func includesNestAndAreBounded() throws {
        let others = [
            "inc/a.conf": "timeout 31", "inc/b.conf": "timeout 32\nhz 11", "loop.conf": "include loop.conf",
        ]
        #expect(try load("timeout 5\ninclude inc/a.conf", others: others)["timeout"] == "31")
        #expect(try load("include inc/a.conf\ntimeout 6", others: others)["timeout"] == "6")
        #expect(try load("include inc/*.conf", others: others)["timeout"] == "32")
        #expect(try load("include none/*.conf", others: others)["timeout"] == "0")
        #expect(
            error("include loop.conf", others: others) == "loop.conf:1: include: nested more than 16 deep")
        #expect(
            error("include inc/c.conf", others: ["inc/c.conf": "\nhz x"])
                == "inc/c.conf:2: hz: argument couldn't be parsed into an integer (given: x)")
    }

    @Test func notUTF8IsRefused() {
        var memory = files([:])
        memory.read = { _ in .success(Array("requirepass ".utf8) + [0xFF, 0xFE]) }
        #expect(throws: ConfigError.self) { try ConfigLoad.run(CommandLineOptions(["x"]), files: memory) }
    }

    @Test func acceptedDirectivesAreNoted() throws {
        let store = try load(
            "appendonly yes\nappendfsync always\nreplica-priority 5\nhz 11\nrdbchecksum yes\n")
        #expect(
            store.notes() == [
                "accepted without effect (replication is not built yet): replica-priority"
            ])
    }

    @Test func theFileIsRememberedForRewrite() throws {
        #expect(try load("hz 1").file?.hasSuffix("/t.conf") == true)
        #expect(try load(nil, "--hz", "1").file == nil)
    }

    @Test func theRealFileSystem() throws {
        let system = ConfigFiles.system
        let path = "/tmp/coronet-config-\(UInt64.random(in: 0...UInt64.max)).conf"
        try system.replace(path, Array("timeout 7\n".utf8)).get()
        try system.replace(path, Array("timeout 8\n".utf8)).get()
        #expect(try ConfigLoad.run(CommandLineOptions([path]))["timeout"] == "8")
        #expect(system.match(String(path.dropLast(5)) + "*") == [path])
        #expect(system.folderRefusal("/tmp") == nil)
        #expect(system.folderRefusal(path)?.text == "Not a directory")
        #expect(
            system.replace("/nosuchdir/x", []).map { 0 } == .failure(.init(text: "No such file or directory"))
        )
        #expect(system.read("/nosuchdir/x") == .failure(.init(text: "No such file or directory")))
        #expect(unsafe unlink(path) == 0)
    }
}
