import Durability
import Glibc
import Reactor
import Testing

@testable import Node

/// Crashes of a simulated machine: what was acknowledged under `always` is there afterwards.
@Suite struct SimulatedLogTests {
    private func node(
        _ seed: UInt64, on disk: SimulatedDisk, _ policy: SyncPolicy, commitsByWrite: Bool = false
    ) throws -> NodeHarness {
        let harness = try NodeHarness(seed: seed, cores: 2, disk: disk) { tuning in
            tuning.log.isOn = true
            tuning.log.policy = policy
            tuning.log.rewritePercentage = 0
        }
        harness.node.logFigures.commitsByWrite.store(commitsByWrite, ordering: .relaxed)
        harness.startLog()
        harness.settle()
        return harness
    }

    /// Numbers that the ledger's keys must have at least, and at most, after the crash.
    private struct Bounds {
        var acknowledged: [String: Int] = [:]
        var sent: [String: Int] = [:]
    }

    /// Writes until the machine stops in the middle of things.
    private func write(_ harness: NodeHarness, _ bounds: inout Bounds, seed: UInt64) {
        var random = SimulatedRandom(seed: seed)
        let peers = (0..<3).map { harness.connect(core: $0 % 2) }
        var asked: [[String]] = [[], [], []]
        for _ in 0..<40 {
            for (number, peer) in peers.enumerated() {
                for _ in 0..<random.below(3) {
                    let key = "k\(number)-\(random.below(6))"
                    bounds.sent[key, default: 0] += 1
                    asked[number].append(key)
                    peer.send(RequestText.bytes(["INCR", key]))
                }
            }
            for _ in 0..<random.below(30) { harness.step() }
            if random.once(in: 10) { harness.world.advance(byMillis: 20) }
            for (number, peer) in peers.enumerated() {
                let replies = String(decoding: peer.read(), as: UTF8.self).split(separator: "\r\n")
                for reply in replies {
                    let key = asked[number].removeFirst()
                    if reply.hasPrefix(":"), let value = Int(reply.dropFirst()) {
                        bounds.acknowledged[key] = value
                    }
                }
            }
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>, [false, true])
    func nothingAcknowledgedIsLostInAPowerCut(seed: UInt64, commitsByWrite: Bool) throws {
        let disk = SimulatedDisk()
        var bounds = Bounds()
        disk.faults.syncMillis = Int(seed % 4) * 10
        for life in 0..<3 as Range<UInt64> {
            let harness = try node(
                seed &* 10 &+ life, on: disk, .always, commitsByWrite: commitsByWrite)
            let peer = harness.connect(core: 0)
            for (key, least) in bounds.acknowledged {
                let reply = harness.ask(peer, ["GET", key])
                let found = Int(reply.split(separator: "\r\n").last ?? "") ?? 0
                #expect(found >= least, "life \(life): \(key) lost acknowledged writes")
                #expect(found <= bounds.sent[key, default: 0])
            }
            write(harness, &bounds, seed: seed &+ life)
            var random = SimulatedRandom(seed: seed &* 7 &+ life)
            disk.crash(&random)
            // What was sent and not acknowledged may be there or not.
        }
        #expect(!bounds.acknowledged.isEmpty)
    }

    @Test func aFullDiskRefusesWritesUntilThereIsRoom() throws {
        let disk = SimulatedDisk()
        let harness = try node(5, on: disk, .everySecond)
        let peer = harness.connect(core: 0)
        #expect(harness.ask(peer, ["SET", "a", "1"]) == "+OK\r\n")
        disk.faults.bytesFree = 10
        peer.send(RequestText.bytes(["SET", "b", "2"]))
        harness.settle()
        harness.wait(millis: 100)
        #expect(peer.read().isEmpty, "what is not in the file is not acknowledged")
        let other = harness.connect(core: 1)
        #expect(harness.ask(other, ["GET", "a"]).hasSuffix("1\r\n"))
        #expect(harness.ask(other, ["SET", "c", "3"]).hasPrefix("-MISCONF Errors writing to the AOF file"))
        disk.faults.bytesFree = nil
        harness.wait(millis: 1000)
        #expect(peer.read() == Array("+OK\r\n".utf8))
        #expect(harness.ask(other, ["SET", "c", "3"]) == "+OK\r\n")
    }

    @Test(arguments: [false, true])
    func aFailedSyncUnderAlwaysStopsTheNodeWithoutAnAnswer(commitsByWrite: Bool) throws {
        // A node's main thread waits for it; here nobody does.
        signal(SIGUSR1, SIG_IGN)
        let disk = SimulatedDisk()
        let harness = try node(6, on: disk, .always, commitsByWrite: commitsByWrite)
        let peer = harness.connect(core: 0)
        #expect(harness.ask(peer, ["SET", "a", "1"]) == "+OK\r\n")
        disk.faults.failingSyncs = 1
        #expect(harness.ask(peer, ["SET", "b", "2"]) == "")
        harness.wait(millis: 200)
        #expect(peer.read().isEmpty)
        #expect(harness.node.exitCode.load(ordering: .relaxed) == 1)
    }

    @Test func aFailedSyncEverySecondRefusesWritesUntilARewrite() throws {
        let disk = SimulatedDisk()
        let harness = try node(7, on: disk, .everySecond)
        let peer = harness.connect(core: 0)
        #expect(harness.ask(peer, ["SET", "a", "1"]) == "+OK\r\n")
        disk.faults.failingSyncs = 1
        #expect(harness.ask(peer, ["SET", "a", "2"]) == "+OK\r\n")
        // The first round after the failure begins the rewrite that mends it.
        harness.wait(millis: 5000)
        #expect(harness.ask(peer, ["SET", "b", "2"]) == "+OK\r\n")
        #expect(harness.node.logFigures.rewrites.load(ordering: .relaxed) > 0)
        #expect(disk.faults.failingSyncs == 0)
    }
}
