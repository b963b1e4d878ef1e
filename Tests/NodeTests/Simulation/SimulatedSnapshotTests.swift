import Durability
import Reactor
import Testing

@testable import Node

/// Snapshots over the simulated disk, which may be as slow as a test wants.
@Suite struct SimulatedSnapshotTests {
    private static let keys = 700

    /// A disk with the folder that snapshots go to.
    private func disk() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        try disk.makeFolder(workingFolder())
        return disk
    }

    /// A node of one core with 44 MiB in values of 64 KiB, which are not compressed.
    private func node(seed: UInt64, on disk: SimulatedDisk) throws -> (NodeHarness, SimulatedPeer) {
        let harness = try NodeHarness(seed: seed, cores: 1, disk: disk)
        let peer = harness.connect(core: 0)
        for number in 0..<Self.keys {
            #expect(harness.ask(peer, ["SETRANGE", "key:\(number)", "65535", "x"]) == ":65536\r\n")
        }
        return (harness, peer)
    }

    /// Keys in the file that the disk holds under this name.
    private func keysInFile(_ name: String, on disk: SimulatedDisk) throws -> Int {
        let path = try #require(try disk.list(workingFolder()).map(\.name).contains(name) ? name : nil)
        let bytes = try disk.read("\(workingFolder())/\(path)", from: 0, count: .max)
        var reader = RDBReader(fileSize: bytes.count)
        reader.take(bytes.span.raw)
        var keys = 0
        while let item = try reader.next() {
            if case .entry = item { keys += 1 }
            if case .end = item {
                #expect(reader.itemEndOffset == bytes.count, "nothing is left of the room that was made")
                break
            }
        }
        return keys
    }

    @Test func writesWaitWhenTheDiskDoesNotKeepUp() throws {
        let disk = try disk()
        let (harness, peer) = try node(seed: 3, on: disk)
        disk.faults.writeMillis = 5_000
        #expect(harness.ask(peer, ["BGSAVE"]) == "+Background saving started\r\n")

        // The walk has stopped by itself; each write hands out what shares its home.
        #expect(harness.cores[0].state.snapshotBytesHeld <= SnapshotEncoder.walkLimit + 1 << 20)
        var written = 0
        while written < Self.keys, !harness.ask(peer, ["SET", "key:\(written)", "new"]).isEmpty {
            written += 1
            harness.world.advance(byMillis: 1)
        }
        #expect(written > 20 && written < Self.keys, "\(written) writes were let through")
        let held = harness.cores[0].state.snapshotBytesHeld
        #expect(
            held > SnapshotShare.heldMin && held < SnapshotShare.heldMin + 4 << 20, "\(held) bytes are held")

        // Nobody else waits but for writes.
        let other = harness.connect(core: 0)
        #expect(harness.ask(other, ["STRLEN", "key:\(Self.keys - 1)"]) == ":65536\r\n")
        #expect(harness.ask(other, ["DEL", "key:\(Self.keys - 1)"]).isEmpty)
        #expect(peer.read().isEmpty)

        // The disk gets rid of it: both are answered, long before the snapshot is over.
        harness.wait(millis: 60_000)
        #expect(String(decoding: peer.read(), as: UTF8.self) == "+OK\r\n")
        #expect(String(decoding: other.read(), as: UTF8.self) == ":1\r\n")
        disk.faults.writeMillis = 0
        harness.wait(millis: 60_000)
        #expect(harness.node.persistence.saves.load(ordering: .relaxed) == 1)
        #expect(harness.node.persistence.coresCongested.load(ordering: .relaxed) == 0)
        #expect(try keysInFile("dump.rdb", on: disk) == Self.keys)
    }

    @Test func aPipelineOfWritesIsStoppedInItsMiddle() throws {
        let disk = try disk()
        let (harness, peer) = try node(seed: 4, on: disk)
        disk.faults.writeMillis = 5_000
        #expect(harness.ask(peer, ["BGSAVE"]) == "+Background saving started\r\n")
        for number in 0..<Self.keys { peer.send(RequestText.bytes(["DEL", "key:\(number)"])) }
        harness.settle()
        let held = harness.cores[0].state.snapshotBytesHeld
        #expect(held < SnapshotShare.heldMin + 4 << 20, "\(held) bytes are held")
        let answered = peer.read().count / 4
        #expect(answered > 20 && answered < Self.keys, "\(answered) of them were answered")
        disk.faults.writeMillis = 0
        harness.wait(millis: 60_000)
        #expect(answered + peer.read().count / 4 == Self.keys)
        #expect(try keysInFile("dump.rdb", on: disk) == Self.keys)
    }

    /// What is written before the answer is in the file, what is written after it is not.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func theAnswerToBgsaveComesWithItsInstant(seed: UInt64) throws {
        let disk = try disk()
        let harness = try NodeHarness(seed: seed, cores: 2, disk: disk)
        disk.faults.writeMillis = 50
        let (one, two) = (harness.connect(core: 0), harness.connect(core: 1))
        for number in 0..<20 { #expect(harness.ask(one, ["SET", "key:\(number)", "v"]) == "+OK\r\n") }
        one.send(RequestText.bytes(["BGSAVE"]))
        var answer = ""
        while answer.isEmpty {
            if !harness.step() { harness.world.advance(byMillis: 10) }
            answer = String(decoding: one.read(), as: UTF8.self)
        }
        #expect(answer == "+Background saving started\r\n")
        for number in 20..<40 { #expect(harness.ask(two, ["SET", "key:\(number)", "v"]) == "+OK\r\n") }
        harness.wait(millis: 2_000)
        #expect(harness.node.persistence.saves.load(ordering: .relaxed) == 1)
        #expect(try keysInFile("dump.rdb", on: disk) == 20)
        #expect(harness.leftOvers.isEmpty)
    }

    @Test func aSnapshotThatFailsLeavesNothing() throws {
        let disk = try disk()
        let harness = try NodeHarness(seed: 6, cores: 2, disk: disk)
        let peer = harness.connect(core: 0)
        for number in 0..<20 { #expect(harness.ask(peer, ["SET", "key:\(number)", "v"]) == "+OK\r\n") }
        disk.faults.bytesFree = 100
        #expect(harness.ask(peer, ["BGSAVE"]) == "+Background saving started\r\n")
        harness.wait(millis: 500)
        let hasFailed = harness.node.persistence.hasFailed.load(ordering: .relaxed)
        #expect(hasFailed)
        #expect(try disk.list(workingFolder()).isEmpty, "the temporary file stays behind")
        disk.faults.bytesFree = nil
        #expect(harness.ask(peer, ["BGSAVE"]) == "+Background saving started\r\n")
        harness.wait(millis: 500)
        let failsStill = harness.node.persistence.hasFailed.load(ordering: .relaxed)
        #expect(!failsStill)
        #expect(try keysInFile("dump.rdb", on: disk) == 20)
    }
}
