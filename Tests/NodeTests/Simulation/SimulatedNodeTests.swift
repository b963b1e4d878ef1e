import Reactor
import Testing

@testable import Node

/// What the commands of one client must answer, if nobody else touches its keys.
private struct ClientModel {
    let name: String
    var values: [String: String] = [:]
    var expected = ""

    /// A random request, its reply noted.
    mutating func request(_ random: inout SimulatedRandom, number: Int) -> [String] {
        let keys = (0..<4).map { _ in "\(name)-\(random.below(8))" }
        let value = String(repeating: "v", count: random.below(20)) + "\(number)"
        switch random.below(12) {
        case 0, 1:
            values[keys[0]] = value
            expected += "+OK\r\n"
            return ["SET", keys[0], value]
        case 2, 3:
            expected += bulk(values[keys[0]])
            return ["GET", keys[0]]
        case 4:
            for key in keys { values[key] = value }
            expected += "+OK\r\n"
            return ["MSET"] + keys.flatMap { [$0, value] }
        case 5, 6:
            expected += "*4\r\n" + keys.map { bulk(values[$0]) }.joined()
            return ["MGET"] + keys
        case 7: return rename(keys[0], keys[1])
        case 8:
            let removed = Set(keys).filter { values.removeValue(forKey: $0) != nil }.count
            expected += ":\(removed)\r\n"
            return ["DEL"] + keys
        case 9:
            expected += ":\(keys.filter { values[$0] != nil }.count)\r\n"
            return ["EXISTS"] + keys
        case 10:
            values[keys[0], default: ""] += "x"
            expected += ":\(values[keys[0], default: ""].utf8.count)\r\n"
            return ["APPEND", keys[0], "x"]
        default:
            expected += bulk("\(number)")
            return ["ECHO", "\(number)"]
        }
    }

    private mutating func rename(_ source: String, _ target: String) -> [String] {
        if let value = values[source] {
            values[source] = nil
            values[target] = value
            expected += "+OK\r\n"
        } else {
            expected += "-ERR no such key\r\n"
        }
        return ["RENAME", source, target]
    }

    private func bulk(_ value: String?) -> String {
        value.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"
    }
}

@Suite struct SimulatedNodeTests {
    /// Clients with pipelines of everything, cut and delayed as the seed says. Returns the trace.
    private func run(seed: UInt64, cores: Int, clients: Int = 6, requests: Int = 120) throws -> UInt64 {
        let harness = try NodeHarness(seed: seed, cores: cores)
        var models = (0..<clients).map { ClientModel(name: "c\($0)") }
        let peers = (0..<clients).map { harness.connect(core: $0 % cores) }
        var sent = Array(repeating: 0, count: clients)
        while sent.contains(where: { $0 < requests }) {
            let client = harness.world.random.below(clients)
            // In pipelines of up to ten.
            for _ in 0...harness.world.random.below(10) where sent[client] < requests {
                let request = models[client].request(&harness.world.random, number: sent[client])
                peers[client].send(RequestText.bytes(request))
                sent[client] += 1
            }
            for _ in 0..<harness.world.random.below(20) { harness.step() }
            if harness.world.random.once(in: 4) { harness.world.advance(byMillis: 1) }
        }
        #expect(harness.settle(), "seed \(seed): the node does not come to rest")
        for (model, peer) in zip(models, peers) {
            #expect(
                String(decoding: peer.arrived, as: UTF8.self) == model.expected, "seed \(seed), \(model.name)"
            )
        }
        #expect(harness.leftOvers == [], "seed \(seed)")
        return harness.world.trace
    }

    @Test(arguments: [1 as UInt64, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3])
    func everyReplyIsRightAndInPlace(seed: UInt64, cores: Int) throws {
        _ = try run(seed: seed, cores: cores)
    }

    @Test(arguments: [11 as UInt64, 12, 0xF00D])
    func theSameSeedGivesTheSameTrace(seed: UInt64) throws {
        let trace = try run(seed: seed, cores: 2)
        #expect(try run(seed: seed, cores: 2) == trace)
        #expect(try run(seed: seed + 1, cores: 2) != trace)
    }

    /// Byte by byte, the same as at once.
    @Test(arguments: [1, 2]) func dripFedPipelinesAreAnsweredInOrder(cores: Int) throws {
        let harness = try NodeHarness(seed: 5, cores: cores)
        var model = ClientModel(name: "drip")
        var random = SimulatedRandom(seed: 77)
        let peer = harness.connect(core: 0)
        let bytes = (0..<60).flatMap { RequestText.bytes(model.request(&random, number: $0)) }
        for byte in bytes {
            peer.send([byte])
            harness.settle()
        }
        #expect(String(decoding: peer.read(), as: UTF8.self) == model.expected)
    }

    /// Clients that go away in the middle of everything leave nothing behind.
    @Test(arguments: [21 as UInt64, 22, 23, 24]) func clientsMayGoAtAnyTime(seed: UInt64) throws {
        let harness = try NodeHarness(seed: seed, cores: 2)
        for round in 0..<40 {
            var model = ClientModel(name: "gone\(round)")
            let peer = harness.connect(core: round % 2)
            for number in 0..<30 {
                peer.send(RequestText.bytes(model.request(&harness.world.random, number: number)))
            }
            for _ in 0..<harness.world.random.below(25) { harness.step() }
            if harness.world.random.once(in: 2) { peer.reset() } else { peer.finish() }
        }
        #expect(harness.settle())
        #expect(harness.sum { UInt64($0.connectionCount) } == 0, "seed \(seed)")
        #expect(harness.leftOvers == [], "seed \(seed)")
    }

    /// A half-closed client still gets all it asked for.
    @Test func aHalfClosedClientIsAnswered() throws {
        let harness = try NodeHarness(seed: 9, cores: 2)
        var model = ClientModel(name: "half")
        var random = SimulatedRandom(seed: 9)
        let peer = harness.connect(core: 1)
        for number in 0..<50 { peer.send(RequestText.bytes(model.request(&random, number: number))) }
        peer.finish()
        #expect(harness.settle())
        #expect(String(decoding: peer.arrived, as: UTF8.self) == model.expected)
        #expect(peer.isClosed)
    }

    /// Half of a pipeline is a hop away, and yet its answer is one send; only long replies do not wait for the others.
    @Test(arguments: [(10, 1), (30_000, 2)]) func aPipelineIsAnsweredInOneSend(length: Int, sends: Int) throws
    {
        let harness = try NodeHarness(seed: 3, cores: 2, bufferSize: 4096, cutsStreams: false)
        let peer = harness.connect(core: 0)
        let value = String(repeating: "v", count: length)
        let keys = (0..<16).map { "key:\($0)" }
        for key in keys { #expect(harness.ask(peer, ["SET", key, value]) == "+OK\r\n") }
        let (hops, sent) = (harness.sum { $0.statistics.hops }, harness.sum { $0.statistics.sends })
        peer.send(keys.flatMap { RequestText.bytes(["GET", $0]) })
        #expect(harness.settle())
        #expect(peer.read().count == 16 * "$\(length)\r\n\(value)\r\n".utf8.count)
        #expect(harness.sum { $0.statistics.hops } > hops)
        #expect(harness.sum { $0.statistics.sends } - sent == UInt64(sends))
    }
}
