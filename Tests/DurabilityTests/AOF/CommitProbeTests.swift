import Testing

@testable import Durability

@Suite struct CommitProbeTests {
    /// Runs a probe on a disk whose commits take so long; gives it with the number of commits.
    private func probe(sync: UInt64, write: UInt64) -> (probe: CommitProbe, commits: Int) {
        var probe = CommitProbe()
        var (spent, commits) = (UInt64(0), 0)
        while let method = probe.next(spent: spent) {
            let nanos = method == .sync ? sync : write
            probe.add(method, nanos: nanos)
            spent += nanos
            commits += 1
        }
        return (probe, commits)
    }

    @Test func oDSYNCHasToBeClearlyFaster() {
        #expect(probe(sync: 1_000_000, write: 500_000).probe.choice == .write)
        #expect(probe(sync: 1_000_000, write: 900_000).probe.choice == .write)
        #expect(probe(sync: 1_000_000, write: 950_000).probe.choice == .sync)
        #expect(probe(sync: 1_000_000, write: 2_000_000).probe.choice == .sync)
        // Half the time, but of nothing: a file system in memory.
        #expect(probe(sync: 4000, write: 2000).probe.choice == .sync)
        #expect(CommitProbe().choice == .sync)
    }

    @Test func itEndsInTime() {
        let fast = probe(sync: 1000, write: 1000)
        #expect(fast.commits == 2 * CommitProbe.roundsMax)
        // A disk that takes 30 ms: a round is begun while there is time, and ended.
        let slow = probe(sync: 30_000_000, write: 30_000_000)
        #expect(slow.commits == 2)
        #expect(slow.probe.nanos(.sync) == 30_000_000)
    }

    @Test func aSingleSlowCommitDecidesNothing() {
        var probe = CommitProbe()
        for round in 0..<5 {
            probe.add(.sync, nanos: round == 2 ? 40_000_000 : 100_000)
            probe.add(.write, nanos: 100_000)
        }
        #expect(probe.nanos(.sync) == 100_000)
        #expect(probe.choice == .sync)
    }
}
