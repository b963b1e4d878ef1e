import Foundation
import Node
import Testing

@testable import Doctor

/// Reading, from a made-up root folder.
@Suite struct SurroundingsTests {
    /// A folder with such files in it, gone when the test is over.
    private final class Root {
        let path = FileManager.default.temporaryDirectory.path + "/coronet-test-\(UUID().uuidString)"

        init(_ files: [String: String]) throws {
            for (name, text) in files {
                let file = URL(fileURLWithPath: path + name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func read(process: String = "self") -> Surroundings {
            Surroundings.read(root: path, process: process) { .works(present: [], absent: []) }
        }
    }

    @Test func anEmptyRoot() throws {
        let found = try Root(["/nothing": ""]).read()
        #expect(found.kernelRelease == nil && found.openFiles == nil && found.memoryBytes == nil)
        #expect(found.devices == nil && found.allowedCPUs == nil && found.numaNodes == nil)
        #expect(found.groupMemoryBytes == nil && found.processorQuota == nil && found.governors.isEmpty)
    }

    @Test func kernelAndLimits() throws {
        let found = try Root([
            "/proc/sys/kernel/osrelease": "6.8.0-31-generic\n", "/proc/sys/kernel/io_uring_disabled": "1\n",
            "/proc/7/status":
                "Name:\tcoronet\nCapEff:\t0000000001004000\nSeccomp:\t2\nCpus_allowed_list:\t0-2,5\n",
            "/proc/7/limits": """
            Limit                     Soft Limit           Hard Limit           Units
            Max open files            1024                 unlimited            files
            Max locked memory         8388608              16777216             bytes
            """,
            "/proc/sys/fs/nr_open": "1048576\n",
        ]).read(process: "7")
        #expect(found.kernelRelease == "6.8.0-31-generic" && found.ringsDisabled == 1)
        #expect(found.kernelVersion ?? (0, 0) == (6, 8))
        #expect(found.seccompMode == 2 && found.has(.lockMemory) && found.has(.raiseLimits))
        #expect(found.openFiles == .init(soft: 1024, hard: nil))
        #expect(found.lockedMemory == .init(soft: 8_388_608, hard: 16_777_216))
        #expect(found.openFilesMax == 1_048_576 && found.allowedCPUs == [0, 1, 2, 5])
    }

    @Test func memoryAndProcessors() throws {
        let cpu = "/sys/devices/system/cpu"
        let found = try Root([
            "/proc/meminfo":
                "MemTotal:       16000000 kB\nSwapTotal:       1000 kB\nCommitLimit:    900 kB\nCommitted_AS:   400 kB\n",
            "/proc/sys/vm/swappiness": "60\n", "/proc/sys/vm/overcommit_memory": "2\n",
            "/sys/kernel/mm/transparent_hugepage/enabled": "always madvise [never]\n",
            "/sys/devices/system/node/node0/cpulist": "0-1\n",
            "/sys/devices/system/node/node1/cpulist": "2-3\n",
            "/proc/sys/kernel/numa_balancing": "1\n", "\(cpu)/online": "0-3\n",
            "\(cpu)/cpu0/cpufreq/scaling_governor": "powersave\n",
            "\(cpu)/cpu1/cpufreq/scaling_governor": "performance\n",
            "\(cpu)/cpu2/cpufreq/scaling_governor": "powersave\n",
            "/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
        ]).read()
        #expect(found.memoryBytes == 16_384_000_000 && found.swapBytes == 1_024_000 && found.swappiness == 60)
        #expect(found.overcommit == 2 && found.commitBytesLeft == 512_000 && found.hugePages == "never")
        #expect(found.numaNodes == 2 && found.numaBalancing == 1 && found.onlineCPUs == [0, 1, 2, 3])
        #expect(found.governors == ["performance", "powersave"] && found.clockSource == "tsc")
    }

    @Test func network() throws {
        let net = "/sys/class/net"
        let found = try Root([
            "/proc/sys/net/core/somaxconn": "4096\n", "\(net)/lo/queues/rx-0/rps_cpus": "0\n",
            "\(net)/eth0/device/vendor": "x", "\(net)/eth0/queues/rx-0/rps_cpus": "00000000,00000000\n",
            "\(net)/eth0/queues/rx-1/rps_cpus": "0\n", "\(net)/eth1/device/vendor": "x",
            "\(net)/eth1/queues/rx-0/rps_cpus": "0,3\n",
        ]).read()
        #expect(found.acceptQueueMax == 4096)
        #expect(
            found.devices == [
                .init(name: "eth0", receiveQueues: 2, spreadsPackets: false),
                .init(name: "eth1", receiveQueues: 1, spreadsPackets: true),
            ])
    }

    @Test func theSecondVersionOfControlGroups() throws {
        let groups = "/sys/fs/cgroup"
        let found = try Root([
            "/proc/self/cgroup": "0::/system.slice/coronet.service\n",
            "\(groups)/system.slice/coronet.service/memory.max": "max\n",
            "\(groups)/system.slice/memory.max": "2147483648\n", "\(groups)/memory.max": "4294967296\n",
            "\(groups)/system.slice/coronet.service/cpu.max": "150000 100000\n",
            "\(groups)/system.slice/cpu.max": "max 100000\n",
        ]).read()
        #expect(found.groupMemoryBytes == 2_147_483_648 && found.processorQuota == 1.5)
    }

    @Test func theFirstVersionOfControlGroups() throws {
        let groups = "/sys/fs/cgroup"
        let found = try Root([
            "/proc/self/cgroup": "4:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n1:name=systemd:/x\n0::/\n",
            "\(groups)/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "\(groups)/memory/docker/ab/memory.limit_in_bytes": "1073741824\n",
            "\(groups)/cpu/docker/ab/cpu.cfs_quota_us": "-1\n",
            "\(groups)/cpu/docker/ab/cpu.cfs_period_us": "100000\n",
            "\(groups)/cpu/cpu.cfs_quota_us": "50000\n", "\(groups)/cpu/cpu.cfs_period_us": "100000\n",
        ]).read()
        #expect(found.groupMemoryBytes == 1_073_741_824 && found.processorQuota == 0.5)
    }

    @Test func thisMachine() {
        // Whatever it is: reading it must work, and agree with itself.
        let found = Surroundings.read()
        #expect(found.kernelVersion != nil && found.memoryBytes ?? 0 > 0)
        #expect(found.allowedCPUs?.isEmpty == false && found.openFiles?.soft ?? 1 > 0)
    }
}
