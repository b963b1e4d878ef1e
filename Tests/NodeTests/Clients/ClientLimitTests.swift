import Reactor
import Testing

@testable import Node

// What a client may cost: output it does not read, requests it does not finish, time it does nothing, its mere being.
@Suite struct ClientLimitTests {
    private func limits(normal hard: UInt64, soft: UInt64 = 0, seconds: Int64 = 0) -> BufferLimits {
        var limits = BufferLimits.none
        limits.normal = .init(hardBytes: hard, softBytes: soft, softSeconds: seconds)
        return limits
    }

    @Test(arguments: [1, 2]) func whoDoesNotReadIsClosedAtTheHardLimit(cores: Int) throws {
        let harness = try NodeHarness(seed: 41, cores: cores, bufferSize: 4096) {
            $0.outputLimits = limits(normal: 200_000)
        }
        let writer = harness.connect(core: 0)
        for key in ["a", "b"] {
            #expect(harness.ask(writer, ["SET", key, String(repeating: "v", count: 10_000)]) == "+OK\r\n")
        }
        let slow = harness.connect(core: 0)
        slow.window = 100
        for _ in 0..<200 { slow.send(RequestText.bytes(["GET", "a"]) + RequestText.bytes(["GET", "b"])) }
        harness.settle()
        #expect(slow.isClosed)
        #expect(harness.sum { $0.statistics.outputLimitDisconnections } == 1)
        #expect(harness.ask(writer, ["PING"]) == "+PONG\r\n")
    }

    /// Nobody has set a limit: then the client's own requests wait until it reads, and none is lost.
    @Test(arguments: [1, 2], [1 as UInt64, 2, 3]) func whoDoesNotReadIsMadeToWait(cores: Int, seed: UInt64)
        throws
    {
        let harness = try NodeHarness(seed: seed, cores: cores, bufferSize: 4096)
        let other = harness.connect(core: 0)
        var expected = ""
        for key in ["a", "b"] {
            let value = String(repeating: key, count: 20_000)
            #expect(harness.ask(other, ["SET", key, value]) == "+OK\r\n")
            expected += "$20000\r\n\(value)\r\n"
        }
        let slow = harness.connect(core: 0)
        slow.window = 1000
        for _ in 0..<200 { slow.send(RequestText.bytes(["GET", "a"]) + RequestText.bytes(["GET", "b"])) }
        slow.send(RequestText.bytes(["MGET", "a", "b", "c"]) + RequestText.bytes(["ECHO", "end"]))
        #expect(harness.settle())
        #expect(!slow.isClosed)
        var held = 0
        for index in 0..<cores {
            for slot in 0..<harness.cores[index].state.connections.count {
                held += harness.cores[index].state.connections[slot].outputBytes
            }
        }
        #expect(held < 2 << 20, "8 MB were asked for, \(held) bytes are held")
        var received: [UInt8] = []
        for _ in 0..<100_000 {
            slow.window = 200_000
            received += slow.read()
            guard harness.settle(), !slow.arrived.isEmpty else { break }
        }
        let all = String(repeating: expected, count: 200) + "*3\r\n\(expected)$-1\r\n$3\r\nend\r\n"
        #expect(received.elementsEqual(all.utf8), "\(received.count) bytes of \(all.utf8.count)")
    }

    @Test func theSoftLimitNeedsTime() throws {
        let harness = try NodeHarness(seed: 42, cores: 1) {
            $0.outputLimits = limits(normal: 0, soft: 1000, seconds: 3)
        }
        let slow = harness.connect(core: 0)
        _ = harness.ask(slow, ["SET", "a", String(repeating: "v", count: 5000)])
        slow.window = 0
        slow.send(RequestText.bytes(["GET", "a"]))
        harness.settle()
        harness.wait(millis: 2500)
        #expect(!slow.isClosed)
        harness.wait(millis: 3500)
        #expect(slow.isClosed)
    }

    @Test func anUnfinishedRequestHasALimit() throws {
        let harness = try NodeHarness(seed: 43, cores: 1, bufferSize: 4096) { $0.queryBufferLimit = 50_000 }
        let peer = harness.connect(core: 0)
        peer.send("*2\r\n$4\r\nECHO\r\n$1000000\r\n" + String(repeating: "x", count: 60_000))
        harness.settle()
        #expect(peer.isClosed)
        #expect(harness.sum { $0.statistics.queryBufferLimitDisconnections } == 1)
    }

    @Test func theIdleAreClosed() throws {
        let harness = try NodeHarness(seed: 44, cores: 2) { $0.timeoutSeconds = 5 }
        let (idle, busy, monitor) = (
            harness.connect(core: 0), harness.connect(core: 1), harness.connect(core: 0)
        )
        _ = harness.ask(monitor, ["MONITOR"])
        _ = harness.ask(idle, ["PING"])
        for _ in 0..<9 {
            harness.wait(millis: 1000)
            _ = harness.ask(busy, ["PING"])
        }
        #expect(idle.isClosed && !busy.isClosed && !monitor.isClosed)
    }

    @Test(arguments: [1, 2]) func thereIsRoomForSoManyClients(cores: Int) throws {
        let harness = try NodeHarness(seed: 45, cores: cores) { $0.maxClients = 3 }
        let first = (0..<3).map { harness.connect(core: $0 % cores) }
        for peer in first { #expect(harness.ask(peer, ["PING"]) == "+PONG\r\n") }
        let last = harness.connect(core: 0)
        harness.settle()
        #expect(String(decoding: last.read(), as: UTF8.self) == "-ERR max number of clients reached\r\n")
        #expect(last.isClosed)
        // Those who are refused take nobody's place, however many there are.
        for _ in 0..<5 { harness.connect(core: 0).window = 0 }
        first[0].finish()
        harness.settle()
        #expect(harness.ask(harness.connect(core: 0), ["PING"]) == "+PONG\r\n")
    }

    @Test func strangersAreToldAboutProtectedMode() throws {
        let harness = try NodeHarness(seed: 46, cores: 1) { $0.isProtected = true }
        let peer = harness.connect(core: 0)
        harness.settle()
        let text = String(decoding: peer.read(), as: UTF8.self)
        #expect(text.hasPrefix("-DENIED ") && text.hasSuffix("\r\n") && text.contains("protected mode"))
        #expect(peer.isClosed)
    }

    @Test func aPipelineOfHopsIsBounded() throws {
        let harness = try NodeHarness(seed: 47, cores: 2, bufferSize: 60_000)
        let peer = harness.connect(core: 0)
        let count = ReplyOrder.capacity + 5000
        let one = RequestText.bytes(["INCR", "counter"])
        for _ in 0..<count { peer.send(one) }
        #expect(harness.settle(turns: 200_000))
        let replies = String(decoding: peer.read(), as: UTF8.self)
        #expect(replies.hasSuffix(":\(count)\r\n"))
    }

    @Test func anIdleConnectionIsSmall() {
        #expect(MemoryLayout<Connection>.stride <= 384)
    }
}
