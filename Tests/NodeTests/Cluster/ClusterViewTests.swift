import Reactor
import Testing
import Wire

@testable import Node

@Suite struct ClusterViewTests {
    /// The view tells clients what the core does: each slot belongs to the endpoint that owns it.
    @Test(arguments: [1, 2, 3, 5, 7, 8, 48, 96]) func slotsAreThoseTheCoresOwn(cores: Int) throws {
        var next = 0
        for core in 0..<cores {
            let slots = ClusterView.slots(of: core, coreCount: cores)
            #expect(Int(slots.lowerBound) == next)
            next = Int(slots.upperBound) + 1
            for slot in [slots.lowerBound, slots.upperBound] { #expect((Int(slot) * cores) >> 14 == core) }
        }
        #expect(next == 16384)
    }

    /// Whoever sends each key to the endpoint of its slot never makes a core ask another.
    @Test func aClusterClientMakesNoHops() throws {
        let harness = try NodeHarness(seed: 51, cores: 3, corePorts: true)
        let peers = (0..<3).map { harness.connect(core: $0, door: .corePort) }
        for number in 0..<300 {
            let key = "key\(number)"
            let bytes = Array(key.utf8)
            let slot = Slot.of(key: bytes.span.raw).rawValue
            let owner = (0..<3).first { ClusterView.slots(of: $0, coreCount: 3).contains(slot) } ?? 0
            #expect(harness.ask(peers[owner], ["SET", key, "v"], ["GET", key]) == "+OK\r\n$1\r\nv\r\n")
        }
        #expect(harness.sum { $0.statistics.hops } == 0)
        // And whoever goes to the wrong one is served all the same.
        for number in 0..<30 { #expect(harness.ask(peers[0], ["GET", "key\(number)"]) == "$1\r\nv\r\n") }
        #expect(harness.sum { $0.statistics.hops } > 0)
    }

    @Test func withoutCorePortsThereIsNoCluster() throws {
        let harness = try NodeHarness(seed: 52, cores: 2)
        let peer = harness.connect(core: 0)
        let refusal = "-ERR This instance has cluster support disabled\r\n"
        for request in [["CLUSTER", "SLOTS"], ["CLUSTER", "HELP"], ["READONLY"], ["READWRITE"], ["ASKING"]] {
            #expect(harness.ask(peer, request) == refusal, "\(request)")
        }
    }

    @Test func everyLineOfNodesEndsAndExactlyOneIsOurs() throws {
        let harness = try NodeHarness(seed: 53, cores: 3, corePorts: true)
        for core in 0..<3 {
            let reply = harness.ask(harness.connect(core: core), ["CLUSTER", "NODES"])
            let lines = reply.split(separator: "\r\n")[1].split(separator: "\n")
            #expect(lines.count == 3 && reply.hasSuffix("\n\r\n"))
            for (index, line) in lines.enumerated() {
                let fields = line.split(separator: " ")
                #expect(fields.count == 9 && fields[0].count == 40)
                #expect(fields[2] == (index == core ? "myself,master" : "master"))
            }
        }
    }

    @Test func hostsAreCutOutOfAddresses() {
        #expect(SocketAddress.host(of: "10.0.0.1:6379") == "10.0.0.1")
        #expect(SocketAddress.host(of: "[::1]:6379") == "::1")
        #expect(SocketAddress.host(of: "[::ffff:10.0.0.1]:6379") == "10.0.0.1")
        #expect(SocketAddress.host(of: "") == "127.0.0.1")
    }
}
