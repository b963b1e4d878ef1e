import Node
import Testing

@testable import Doctor

/// Each check against surroundings that are well but for one thing.
@Suite struct CheckTests {
    private let well = Surroundings.well
    private let settings = Settings.of(["--maxmemory", "4gb"])

    private func state(
        _ name: String, of settings: Settings? = nil, _ spoil: (inout Surroundings) -> Void = { _ in }
    ) -> Finding.State? {
        var surroundings = well
        spoil(&surroundings)
        return Doctor.examine(surroundings, for: settings ?? self.settings).first { $0.name == name }?.state
    }

    private func remedy(_ name: String, of settings: Settings? = nil, _ spoil: (inout Surroundings) -> Void)
        -> String?
    {
        var surroundings = well
        spoil(&surroundings)
        return Doctor.examine(surroundings, for: settings ?? self.settings).first { $0.name == name }?.remedy
    }

    @Test func allIsWell() {
        let findings = Doctor.examine(well, for: settings)
        #expect(findings.filter { $0.state != .ok }.map(\.name) == [])
        #expect(findings.allSatisfy { $0.remedy == nil && !$0.why.isEmpty && !$0.found.isEmpty })
        #expect(Set(findings.map(\.name)).count == findings.count)
        #expect(Report(findings).exitCode == 0)
    }

    @Test func nothingKnownIsNoFailure() {
        let findings = Doctor.examine(
            Surroundings(ring: .works(present: [], absent: [])), for: Settings.of([]))
        #expect(findings.filter { $0.state == .fail || $0.state == .warn }.map(\.name) == [])
        #expect(findings.contains { $0.state == .unknown })
    }

    @Test func everythingWrongHasARemedy() {
        let settings = Settings.of(["--cpus", "0,9", "--maxmemory", "8gb"])
        // A kernel old enough to be wrong does not count locked memory; a newer one stands in for that check.
        var newer = Surroundings.terrible
        newer.kernelRelease = "6.14.0"
        let findings =
            Doctor.examine(.terrible, for: settings).filter { $0.name != "locked memory" }
            + Doctor.examine(newer, for: settings).filter { $0.name == "locked memory" }
        #expect(findings.count == Doctor.checks.count)
        for finding in findings {
            #expect(finding.state == .warn || finding.state == .fail, "\(finding.name)")
            #expect(finding.remedy?.isEmpty == false, "\(finding.name)")
        }
    }

    @Test(arguments: [
        ("6.1.0-31-amd64", Finding.State.ok), ("6.18.44", .ok), ("10.0", .ok), ("6.0.19", .fail),
        ("5.15.0", .fail),
        ("6", .unknown), ("gVisor", .unknown), ("", .unknown),
    ]) func kernels(release: String, expected: Finding.State) {
        #expect(state("kernel") { $0.kernelRelease = release } == expected)
    }

    @Test func rings() {
        #expect(state("io_uring") { $0.ring = .refused(cause: "c", remedy: "r") } == .fail)
        #expect(remedy("io_uring") { $0.ring = .refused(cause: "c", remedy: "r") } == "r")
        #expect(state("io_uring") { $0.ring = .works(present: [], absent: ["minimum wait"]) } == .ok)
        #expect(state("io_uring") { $0.ring = .works(present: [], absent: ["deferred task run"]) } == .warn)
    }

    @Test func theSysctl() {
        #expect(state("io_uring sysctl") { $0.ringsDisabled = nil } == .ok)
        #expect(state("io_uring sysctl") { $0.ringsDisabled = 1 } == .warn)
        #expect(state("io_uring sysctl") { $0.ringsDisabled = 2 } == .fail)
    }

    @Test func filters() {
        #expect(state("seccomp") { $0.seccompMode = 2 } == .ok)
        #expect(
            state("seccomp") {
                $0.seccompMode = 2
                $0.ring = .refused(cause: "c", remedy: "r")
            } == .fail)
        // Refused, but not by a filter: the ring's own check says why.
        #expect(state("seccomp") { $0.ring = .refused(cause: "c", remedy: "r") } == .ok)
    }

    @Test func lockedMemory() {
        let needed = UInt64(settings.lockedBytesPerCore) * 4
        #expect(state("locked memory") { $0.lockedMemory = .init(soft: needed, hard: needed) } == .ok)
        #expect(state("locked memory") { $0.lockedMemory = .init(soft: needed - 1, hard: nil) } == .fail)
        #expect(
            state("locked memory") {
                $0.lockedMemory = .init(soft: 0, hard: 0)
                $0.capabilities = 1 << 14
            } == .ok)
        #expect(
            state("locked memory") {
                $0.lockedMemory = .init(soft: 0, hard: 0)
                $0.kernelRelease = "6.13.9"
            } == .ok)
        // On the command line, a core costs what its ring is told to be.
        #expect(Settings.of(["--ring-entries", "32768"]).lockedBytesPerCore > settings.lockedBytesPerCore)
    }

    @Test func openFiles() {
        let needed = UInt64(settings.descriptorsNeeded(coreCount: 4))
        #expect(state("open files") { $0.openFiles = .init(soft: 1024, hard: needed) } == .ok)
        #expect(state("open files") { $0.openFiles = .init(soft: 1024, hard: nil) } == .ok)
        #expect(state("open files") { $0.openFiles = .init(soft: 1024, hard: needed - 1) } == .warn)
        #expect(
            remedy("open files") { $0.openFiles = .init(soft: 64, hard: 4096) }?.contains("maxclients 4000")
                == true)
        #expect(
            state("open files") {
                $0.openFiles = .init(soft: 1024, hard: 4096)
                $0.capabilities = 1 << 24
            } == .ok)
        #expect(state("open files") { $0.openFilesMax = needed - 1 } == .warn)
    }

    @Test func memory() {
        #expect(state("memory limit", of: Settings.of([])) == .warn)
        #expect(state("memory limit", of: Settings.of(["--maxmemory", "15gb"])) == .warn)
        #expect(state("memory limit", of: Settings.of(["--maxmemory", "17gb"])) == .fail)
        #expect(state("memory limit") { $0.groupMemoryBytes = 8 << 30 } == .ok)
        #expect(state("memory limit") { $0.groupMemoryBytes = 3 << 30 } == .fail)
        #expect(
            remedy("memory limit") { $0.groupMemoryBytes = 1000 << 20 }?.contains("--maxmemory 900mb") == true
        )
    }

    @Test func overcommit() {
        #expect(state("overcommit") { $0.overcommit = 1 } == .ok)
        #expect(
            state("overcommit") {
                $0.overcommit = 2
                $0.commitBytesLeft = 127 << 30
            } == .fail)
        #expect(
            state("overcommit") {
                $0.overcommit = 2
                $0.commitBytesLeft = 128 << 30
            } == .ok)
        #expect(
            state("overcommit", of: Settings.of(["--shard-reserve", "1gb"])) {
                $0.overcommit = 2
                $0.commitBytesLeft = 4 << 30
            } == .ok)
    }

    @Test func swapping() {
        #expect(state("swap") { $0.swapBytes = 1 << 30 } == .warn)
        #expect(
            state("swap") {
                $0.swapBytes = 1 << 30
                $0.swappiness = 1
            } == .ok)
    }

    @Test func hugePages() {
        let without = Settings.of(["--huge-pages", "no"])
        #expect(state("huge pages") { $0.hugePages = "never" } == .warn)
        #expect(state("huge pages", of: without) { $0.hugePages = "never" } == .ok)
        #expect(state("huge pages") { $0.hugePages = "always" } == .warn)
        #expect(state("huge pages", of: without) { $0.hugePages = "always" } == .warn)
    }

    @Test func balancing() {
        let two: (inout Surroundings) -> Void = {
            $0.numaNodes = 2
            $0.numaBalancing = 1
        }
        #expect(state("NUMA balancing", two) == .warn)
        #expect(state("NUMA balancing", of: Settings.of(["--numa", "no"]), two) == .ok)
        #expect(state("NUMA balancing") { $0.numaNodes = 2 } == .ok)
    }

    @Test func processors() {
        #expect(state("CPUs", of: Settings.of(["--cpus", "1,3"])) == .ok)
        #expect(state("CPUs", of: Settings.of(["--cpus", "1,4"])) == .warn)
        #expect(remedy("CPUs", of: Settings.of(["--cpus", "4"])) { _ in }?.contains("--cpus 0-3") == true)
        #expect(state("CPUs") { $0.allowedCPUs = Array(0..<1025) } == .fail)
        #expect(state("CPU quota") { $0.processorQuota = 4 } == .ok)
        #expect(state("CPU quota") { $0.processorQuota = 3.5 } == .warn)
        #expect(state("CPU governor") { $0.governors = ["performance", "powersave"] } == .warn)
        #expect(state("clock source") { $0.clockSource = "hpet" } == .warn)
    }

    @Test func network() {
        #expect(state("accept queue") { $0.acceptQueueMax = 128 } == .warn)
        #expect(state("accept queue", of: Settings.of(["--tcp-backlog", "5000"])) == .warn)
        #expect(state("NIC queues") { $0.devices = [] } == .unknown)
        #expect(state("NIC queues") { $0.devices?[0].receiveQueues = 3 } == .warn)
        #expect(
            state("NIC queues", of: Settings.of(["--cpus", "0-2"])) { $0.devices?[0].receiveQueues = 3 }
                == .ok)
        #expect(
            state("NIC queues") {
                $0.devices?[0].receiveQueues = 1
                $0.devices?[0].spreadsPackets = true
            } == .ok)
    }

    @Test(arguments: [(1, "1"), (4, "f"), (32, "ffffffff"), (33, "1,ffffffff"), (64, "ffffffff,ffffffff")])
    func masks(count: Int, expected: String) {
        #expect(Doctor.mask(count) == expected)
    }
}
