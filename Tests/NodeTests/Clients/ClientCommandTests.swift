import Reactor
import Testing

@testable import Node

// CLIENT, MONITOR, AUTH over simulated cores: what needs several cores, or a cut stream, to go wrong.
@Suite struct ClientCommandTests {
    @Test(arguments: [1, 2]) func repliesAreOffOrSkippedWhereverTheKeyLives(cores: Int) throws {
        let harness = try NodeHarness(seed: 31, cores: cores)
        let peer = harness.connect(core: 0)
        // Keys of both cores: whatever is dropped, the rest keeps its order.
        for key in ["a", "b", "c", "d"] {
            let reply = harness.ask(
                peer, ["CLIENT", "REPLY", "SKIP"], ["SET", key, "1"], ["GET", key],
                ["CLIENT", "REPLY", "SKIP"], ["MSET", key, "2", "x\(key)", "2"], ["GET", key],
                ["CLIENT", "REPLY", "OFF"], ["SET", key, "3"], ["MGET", key, "xa", "xb"], ["PING"],
                ["DBSIZE"],
                ["SCAN", "0"], ["RANDOMKEY"], ["CLIENT", "LIST"], ["NOSUCH"], ["CLIENT", "REPLY", "SKIP"],
                ["PING"],
                ["CLIENT", "REPLY", "ON"], ["GET", key])
            #expect(reply == "$1\r\n1\r\n$1\r\n2\r\n+OK\r\n$1\r\n3\r\n", "key \(key)")
        }
        #expect(harness.leftOvers == [])
    }

    @Test func skipOfSkip() throws {
        let harness = try NodeHarness(seed: 1, cores: 1)
        let peer = harness.connect(core: 0)
        let reply = harness.ask(
            peer, ["CLIENT", "REPLY", "SKIP"], ["CLIENT", "REPLY", "SKIP"], ["ECHO", "dropped"],
            ["ECHO", "shown"],
            ["CLIENT", "REPLY", "SKIP"], ["NOSUCH"], ["ECHO", "too"])
        #expect(reply == "$5\r\nshown\r\n$3\r\ntoo\r\n")
    }

    @Test(arguments: [1, 2, 3]) func clientListIsInOrderOfAgeOverAllCores(cores: Int) throws {
        let harness = try NodeHarness(seed: 32, cores: cores)
        let peers = (0..<7).map { harness.connect(core: $0 * 2 % cores) }
        harness.settle()
        _ = harness.ask(peers[3], ["CLIENT", "SETNAME", "fourth"], ["SELECT", "3"], ["HELLO", "3"])
        let reply = harness.ask(peers[0], ["CLIENT", "LIST"])
        let lines = reply.split(separator: "\r\n")[1].split(separator: "\n").map(String.init)
        #expect(lines.count == 7)
        let ids = lines.compactMap { $0.split(separator: " ").first?.dropFirst(3) }.compactMap { Int($0) }
        #expect(ids == ids.sorted())
        #expect(
            lines.filter { $0.contains(" name=fourth ") && $0.contains(" db=3 ") && $0.contains(" resp=3 ") }
                .count == 1)
        #expect(lines.allSatisfy { $0.contains(" flags=N ") }, "asking blocks nobody's flags")
    }

    @Test(arguments: [1, 2]) func killingEverybodyAnswersFirst(cores: Int) throws {
        let harness = try NodeHarness(seed: 33, cores: cores)
        let peers = (0..<6).map { harness.connect(core: $0 % cores) }
        harness.settle()
        #expect(harness.ask(peers[2], ["CLIENT", "KILL", "TYPE", "normal"]) == ":5\r\n")
        #expect(peers.filter(\.isClosed).count == 5 && !peers[2].isClosed)
        let reply = harness.ask(peers[2], ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"], ["PING"])
        #expect(reply == ":1\r\n" && peers[2].isClosed)
        #expect(harness.sum { UInt64($0.connectionCount) } == 0)
    }

    @Test(arguments: [1, 2]) func aPauseHoldsWritesOfAllCores(cores: Int) throws {
        let harness = try NodeHarness(seed: 34, cores: cores)
        let peers = (0..<4).map { harness.connect(core: $0 % cores) }
        #expect(harness.ask(peers[0], ["CLIENT", "PAUSE", "300", "WRITE"]) == "+OK\r\n")
        for peer in peers {
            #expect(harness.ask(peer, ["GET", "a"], ["SET", "a", "1"], ["GET", "a"]) == "$-1\r\n")
        }
        harness.wait(millis: 200)
        for peer in peers { #expect(peer.arrived.isEmpty) }
        harness.wait(millis: 200)
        for peer in peers { #expect(String(decoding: peer.read(), as: UTF8.self) == "+OK\r\n$1\r\n1\r\n") }
    }

    @Test(arguments: [1, 2]) func unpauseEndsEverybodysPause(cores: Int) throws {
        let harness = try NodeHarness(seed: 35, cores: cores)
        let peers = (0..<4).map { harness.connect(core: $0 % cores) }
        #expect(harness.ask(peers[0], ["CLIENT", "PAUSE", "9223372036854775807"]) == "+OK\r\n")
        for peer in peers { #expect(harness.ask(peer, ["PING"]) == "") }
        let other = harness.connect(core: cores - 1)
        #expect(harness.ask(other, ["CLIENT", "UNPAUSE"]) == "+OK\r\n")
        for peer in peers { #expect(String(decoding: peer.read(), as: UTF8.self) == "+PONG\r\n") }
    }

    @Test(arguments: [1, 2]) func monitorsSeeEveryCommandOnce(cores: Int) throws {
        let harness = try NodeHarness(seed: 36, cores: cores)
        let monitors = (0..<3).map { harness.connect(core: $0 % cores) }
        for monitor in monitors {
            #expect(harness.ask(monitor, ["MONITOR"], ["MONITOR"]).hasPrefix("+OK\r\n"))
        }
        let peers = (0..<4).map { harness.connect(core: $0 % cores) }
        for (index, peer) in peers.enumerated() {
            for number in 0..<5 {
                peer.send(RequestText.bytes(["SET", "key\(number)", "\(index)"]))
                peer.send(RequestText.bytes(["MSET", "key\(number)", "\(index)", "other\(number)", "x"]))
                peer.send(RequestText.bytes(["MGET", "key\(number)", "other\(number)"]))
            }
            peer.send(RequestText.bytes(["CLIENT", "LIST"]))
            peer.send(RequestText.bytes(["AUTH", "default", "hidden"]))
        }
        harness.settle()
        for monitor in monitors {
            let lines = String(decoding: monitor.read(), as: UTF8.self).split(separator: "\r\n").map(
                String.init)
            #expect(lines.count == 4 * 16, "\(lines.joined(separator: "\n"))")
            for index in 0..<4 {
                let shown = lines.filter { $0.hasSuffix("] \"SET\" \"key3\" \"\(index)\"") }
                #expect(shown.count == 1)
            }
            #expect(!lines.contains { $0.contains("hidden") || $0.contains("LIST") })
        }
        for monitor in monitors { #expect(harness.ask(monitor, ["RESET"]).hasSuffix("+RESET\r\n")) }
        _ = monitors.map { $0.read() }
        _ = harness.ask(peers[0], ["PING"])
        for monitor in monitors { #expect(monitor.read().isEmpty) }
        #expect(harness.sum { UInt64($0.monitors.count) } == 0)
    }

    @Test func aMonitorThatLeavesIsForgottenEverywhere() throws {
        let harness = try NodeHarness(seed: 37, cores: 3)
        let monitor = harness.connect(core: 1)
        _ = harness.ask(monitor, ["MONITOR"])
        #expect(harness.sum { UInt64($0.monitors.count) } == 3)
        monitor.reset()
        harness.settle()
        #expect(harness.sum { UInt64($0.monitors.count) } == 0)
        #expect(harness.ask(harness.connect(core: 0), ["PING"]) == "+PONG\r\n")
    }

    @Test func limitsAreLiftedInTheMiddleOfAPipeline() throws {
        let harness = try NodeHarness(seed: 38, cores: 1, bufferSize: 60_000) {
            $0.password = Array("secret".utf8)
        }
        let peer = harness.connect(core: 0)
        let many = ["EXISTS"] + (0..<30).map { "k\($0)" }
        let long = String(repeating: "x", count: 20_000)
        let reply = harness.ask(peer, ["PING"], ["AUTH", "secret"], many, ["ECHO", long])
        #expect(reply == "-NOAUTH Authentication required.\r\n+OK\r\n:0\r\n$20000\r\n\(long)\r\n")
    }

    @Test func passwordsAreComparedWhole() {
        let password = Array("secret".utf8)
        for guess in ["", "s", "secre", "secret ", "secretsecret", "Secret", "secreT"] {
            let bytes = Array(guess.utf8)
            let isAccepted = Password.matches(bytes.span.raw, password)
            #expect(!isAccepted, "\(guess)")
        }
        let isAccepted = Password.matches(password.span.raw, password)
        #expect(isAccepted)
    }
}
