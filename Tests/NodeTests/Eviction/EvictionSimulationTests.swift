import Keyspace
import Reactor
import Testing

@testable import Node

/// Eviction over several cores in a simulated node: the limit is the node's, and the shards' shares follow the data.
struct EvictionSimulationTests {
    static let limit = 8 << 20

    private func harness(_ policy: EvictionPolicy, seed: UInt64, cores: Int = 2) throws -> NodeHarness {
        try NodeHarness(seed: seed, cores: cores, bufferSize: 4096) {
            $0.maxMemory = Self.limit
            $0.eviction = EvictionRules(policy: policy)
        }
    }

    /// Lowers the limit of a core, and leaves a turn hardly any time to get there.
    private func lower(_ limit: Int, core index: Int, _ harness: NodeHarness) {
        var tuning = harness.cores[index].state.tuning
        tuning.maxMemory = limit
        tuning.evictionCycles = 0
        harness.retune(index, tuning)
    }

    /// A hash tag whose keys belong to a core.
    private func tag(of core: Int, _ harness: NodeHarness) -> String {
        for number in 0..<1000 {
            let tag = "{\(number)}"
            let key = Array(tag.utf8)
            // Unsafe: bytes of UInt8 have no padding.
            if unsafe harness.cores[0].state.owner(of: key.span.bytes).index == core { return tag }
        }
        preconditionFailure("no tag for core \(core)")
    }

    private func used(_ harness: NodeHarness) -> [Int] {
        (0..<harness.cores.count).map { harness.cores[$0].state.shard.usedBytes }
    }

    /// Writes keys of a tag in batches. Answers how many were refused, and the most bytes there were after a batch.
    private func write(
        _ numbers: Range<Int>, _ tag: String, _ harness: NodeHarness, _ peer: SimulatedPeer
    ) -> (refused: Int, most: Int) {
        let value = String(repeating: "v", count: 200)
        var (refused, most) = (0, 0)
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 20) {
            for number in first..<min(first + 20, numbers.upperBound) {
                peer.send(RequestText.bytes(["SET", "\(tag)\(number)", value]))
            }
            harness.settle()
            let replies = String(decoding: peer.read(), as: UTF8.self)
            refused += replies.split(separator: "\r\n").count { $0.hasPrefix("-OOM") }
            most = max(most, used(harness).reduce(0, +))
        }
        return (refused, most)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func aHotShardTakesWhatOthersLeave(_ seed: UInt64) throws {
        let harness = try harness(.allKeysLRU, seed: seed)
        let peer = harness.connect(core: 0)
        let tags = (0..<2).map { tag(of: $0, harness) }
        let first = write(0..<60_000, tags[0], harness, peer)
        #expect(first.refused == 0 && first.most <= Self.limit)
        #expect(used(harness)[0] > Self.limit * 9 / 10, "one shard may have it all")
        // Now all writes go to the other shard: it takes over, though the client sits on the first core.
        let second = write(0..<60_000, tags[1], harness, peer)
        #expect(second.refused == 0 && second.most <= Self.limit + Self.limit / 64)
        #expect(used(harness)[1] > Self.limit / 2, "\(used(harness))")
        #expect(harness.sum { $0.shard.evicted } > 10_000)
        for index in 0..<2 { #expect(harness.cores[index].state.shard.checkInvariants() == []) }
        #expect(harness.leftOvers == [])
    }

    /// Nobody who has a lease goes: writes are refused once only such keys are left, and never before.
    @Test func refusedOnlyWhenNothingMayGo() throws {
        let harness = try harness(.volatileLRU, seed: 4)
        let peer = harness.connect(core: 1)
        let tags = (0..<2).map { tag(of: $0, harness) }
        // A core's worth of keys that expire, on core 0.
        for first in stride(from: 0, to: 4_000, by: 20) {
            for number in first..<first + 20 {
                peer.send(RequestText.bytes(["SET", "\(tags[0])e\(number)", "v", "EX", "1000"]))
            }
            harness.settle()
            _ = peer.read()
        }
        let (refused, most) = write(0..<60_000, tags[1], harness, peer)
        #expect(refused > 0)
        #expect(most <= Self.limit + Self.limit / 64)
        let evictable = (0..<2).reduce(0) { $0 + harness.cores[$1].state.shard.evictableCount }
        #expect(evictable == 0, "\(evictable) keys might have gone instead")
        #expect(
            harness.ask(peer, ["SET", "\(tags[1])more", String(repeating: "v", count: 300)]).hasPrefix("-OOM")
        )
        #expect(harness.ask(peer, ["DEL", "\(tags[1])1"]) == ":1\r\n")
    }

    /// The limit is lowered under load: no write is refused, and soon the node is below it.
    @Test func theLimitIsLoweredUnderLoad() throws {
        let harness = try harness(.allKeysS3FIFO, seed: 5)
        let peer = harness.connect(core: 0)
        let tags = (0..<2).map { tag(of: $0, harness) }
        _ = write(0..<12_000, tags[0], harness, peer)
        _ = write(0..<12_000, tags[1], harness, peer)
        for index in 0..<2 {
            var tuning = harness.cores[index].state.tuning
            tuning.maxMemory = Self.limit / 4
            harness.retune(index, tuning)
        }
        let (refused, _) = write(12_000..<13_000, tags[0], harness, peer)
        #expect(refused == 0)
        harness.wait(millis: 1_100)
        #expect(used(harness).reduce(0, +) <= Self.limit / 4)
        #expect(used(harness).allSatisfy { $0 > Self.limit / 40 }, "each gave its part: \(used(harness))")
    }

    /// However slow the machine: what a write needs is evicted for it, also for a thousand keys at once, and the node far
    /// above its limit gets no worse.
    @Test func aLargeWriteMakesItsOwnRoom() throws {
        let harness = try harness(.allKeysLRU, seed: 7, cores: 1)
        let peer = harness.connect(core: 0)
        #expect(write(0..<30_000, "", harness, peer).refused == 0)
        lower(Self.limit * 3 / 4, core: 0, harness)
        #expect(used(harness)[0] > Self.limit * 4 / 5)
        var request = ["MSET"]
        for number in 0..<1_000 { request += ["new:\(number)", String(repeating: "w", count: 200)] }
        peer.send(RequestText.bytes(request))
        var (last, rise) = (used(harness)[0], 0)
        while harness.step() {
            let now = used(harness)[0]
            (last, rise) = (now, max(rise, now - last))
        }
        #expect(peer.read() == Array("+OK\r\n".utf8))
        #expect(rise == 0, "the write brought \(rise) bytes more than it freed")
        #expect(harness.ask(peer, ["EXISTS", "new:0", "new:500", "new:999"]) == ":3\r\n")
    }

    /// Where less may go than the write brings it is refused, and stores none of its keys.
    @Test func aWriteLargerThanWhatMayGoIsRefused() throws {
        let harness = try harness(.volatileLRU, seed: 8, cores: 1)
        let peer = harness.connect(core: 0)
        #expect(write(0..<10_000, "", harness, peer).refused == 0)
        for number in 0..<100 {
            #expect(harness.ask(peer, ["SET", "e\(number)", "v", "EX", "1000"]) == "+OK\r\n")
        }
        lower(Self.limit / 8, core: 0, harness)
        var request = ["MSET"]
        for number in 0..<1_000 { request += ["new:\(number)", String(repeating: "w", count: 200)] }
        #expect(harness.ask(peer, request).hasPrefix("-OOM"))
        #expect(harness.ask(peer, ["EXISTS", "new:0", "new:500", "new:999"]) == ":0\r\n")
        #expect(harness.ask(peer, ["EXISTS", "0", "9999"]) == ":2\r\n")
    }

    @Test func withoutAPolicyNothingIsEvicted() throws {
        let harness = try harness(.noEviction, seed: 6)
        let (refused, most) = write(0..<60_000, tag(of: 0, harness), harness, harness.connect(core: 0))
        #expect(refused > 0 && most <= Self.limit + Self.limit / 20)
        #expect(harness.sum { $0.shard.evicted } == 0)
    }
}
