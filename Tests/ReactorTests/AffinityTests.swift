import CShims
import Glibc
import Synchronization
import Testing

@testable import Reactor

@Suite struct AffinityTests {
    @Test func aPinnedThreadRunsWhereItWasPutUnderItsName() throws {
        let cpu = try #require(Affinity.allowedCPUs().last)
        let seen = Seen()
        let thread = try PinnedThread(name: "coronet-core-with-a-long-name", cpu: cpu) {
            seen.cpu.store(Affinity.allowedCPUs().first?.number ?? -1, ordering: .relaxed)
            seen.allowed.store(Affinity.allowedCPUs().count, ordering: .relaxed)
            seen.named.store(smallFile("/proc/thread-self/comm") == "coronet-core-wi\n", ordering: .relaxed)
        }
        thread.join()
        #expect(seen.cpu.load(ordering: .relaxed) == cpu.number)
        #expect(seen.allowed.load(ordering: .relaxed) == 1)
        #expect(seen.named.load(ordering: .relaxed) == true)
    }

    private final class Seen: Sendable {
        let cpu = Atomic<Int>(-1)
        let allowed = Atomic<Int>(0)
        let named = Atomic<Bool>(false)
    }

    @Test func absentProcessorsAreRefused() {
        #expect(Affinity.pinThisThread(to: CPU(number: 1_000_000)) == EINVAL)
        #expect(Affinity.pinThisThread(to: CPU(number: -1)) == EINVAL)
    }

    @Test func everyProcessorHasANode() {
        for cpu in Affinity.allowedCPUs() { #expect(cpu.numaNode >= 0) }
        #expect(CPU(number: 100_000).numaNode == 0)
    }
}
