import Glibc
import Testing

@testable import Reactor

@Suite struct RingSetupTests {
    @Test func flagsAreGivenUpNewestFirst() {
        var setup = RingSetup.best
        var given: [String] = []
        repeat {
            for (flag, name) in RingSetup.peelOrder where !setup.contains(flag) && !given.contains(name) {
                given.append(name)
            }
            // The kernel refuses deferred task run without a single issuer.
            if setup.contains(.deferredTaskRun) { #expect(setup.contains(.singleIssuer)) }
        } while setup.peel()
        #expect(
            given == [
                "no index array", "deferred task run", "single issuer", "cooperative task run", "submit all",
            ])
        #expect(setup.isEmpty)
    }

    @Test func everyStepOfThePeelIsASetupThatThisKernelTakes() throws {
        var setup = RingSetup.best
        repeat {
            var ring = try IORing(unproven: .small, allowing: setup)
            #expect(ring.features.setup.isSubset(of: setup))
            // And it works: the loop does not depend on any of them.
            var events = EventBatch(capacity: 4)
            ring.wake(ring.wakeHandle)
            ring.turn(until: ring.now().advanced(byMillis: 1000), into: &events)
            #expect(events.count == 1, "\(ring.features)")
            #expect(try IORing.prove(allowing: setup))
        } while setup.peel()
    }

    @Test func featuresAreDescribedByName() throws {
        let ring = try IORing(.small)
        let text = "\(ring.features)"
        #expect(text.hasPrefix("io_uring on Linux "))
        for (name, present) in ring.features.vector { #expect(text.contains(name), "\(present)") }
    }

    @Test func refusalsNameCauseAndRemedy() {
        func machine(_ release: String = "6.12.1", disabled: Int? = 0, seccomp: Bool = false) -> MachineFacts
        {
            MachineFacts(release: release, ioUringDisabled: disabled, seccompFilter: seccomp)
        }
        let off = RingError.setupFailed(EPERM, machine(disabled: 2))
        #expect(off.cause.contains("kernel.io_uring_disabled = 2") && off.remedy.contains("sysctl"))
        #expect(RingError.setupFailed(EPERM, machine(disabled: 1)).remedy.contains("kernel.io_uring_group"))
        for errno in [EPERM, EACCES, ENOSYS] {
            let filtered = RingError.setupFailed(errno, machine(seccomp: true))
            #expect(filtered.cause.contains("seccomp") && filtered.remedy.contains("io_uring_setup"))
        }
        #expect(RingError.setupFailed(EPERM, machine()).cause.contains("security policy"))
        #expect(RingError.setupFailed(ENOSYS, machine()).remedy.contains("CONFIG_IO_URING"))
        #expect(RingError.setupFailed(ENOMEM, machine()).remedy.contains("ulimit -l"))
        #expect(RingError.setupFailed(EMFILE, machine()).remedy.contains("ulimit -n"))
    }

    @Test(arguments: [
        ("5.15.0-91-generic", true), ("6.0.19", true), ("6.1.0-18-amd64", false), ("7.0", false),
    ])
    func kernelsBelowSixOneAreRefused(release: String, tooOld: Bool) {
        let facts = MachineFacts(release: release, ioUringDisabled: nil, seccompFilter: false)
        let error = RingError.kernelTooOld(facts)
        #expect((error != nil) == tooOld)
        if let error { #expect(error.description.contains(release) && error.remedy.contains("6.1")) }
    }
}
