import Node
import Reactor

extension Surroundings {
    /// Looks around: reads the kernel's files under `root` and tries a ring.
    ///
    /// - Parameters:
    ///   - root: the folder in which `proc` and `sys` lie.
    ///   - process: whose limits to read: a process id, or `self`.
    ///   - ring: tries to make a ring.
    public static func read(
        root: String = "/", process: String = "self", ring: () -> Ring = Ring.tried
    ) -> Surroundings {
        let files = KernelFiles(root: root)
        var found = Surroundings(ring: ring())
        found.readKernel(files, process)
        found.readLimits(files, process)
        found.readMemory(files, process)
        found.readProcessors(files, process)
        found.readNetwork(files)
        return found
    }

    private mutating func readKernel(_ files: KernelFiles, _ process: String) {
        let status = "/proc/\(process)/status"
        kernelRelease = files.text("/proc/sys/kernel/osrelease")
        ringsDisabled = files.number("/proc/sys/kernel/io_uring_disabled")
        seccompMode = files.field("Seccomp", of: status).flatMap { Int($0) }
        capabilities = files.field("CapEff", of: status).flatMap { UInt64($0, radix: 16) } ?? 0
    }

    private mutating func readLimits(_ files: KernelFiles, _ process: String) {
        let lines = files.lines("/proc/\(process)/limits")
        lockedMemory = Limit(named: "Max locked memory", in: lines)
        openFiles = Limit(named: "Max open files", in: lines)
        openFilesMax = files.number("/proc/sys/fs/nr_open").flatMap { UInt64(exactly: $0) }
    }

    private mutating func readMemory(_ files: KernelFiles, _ process: String) {
        let memory = "/proc/meminfo"
        memoryBytes = files.kibibytes("MemTotal", of: memory)
        swapBytes = files.kibibytes("SwapTotal", of: memory)
        swappiness = files.number("/proc/sys/vm/swappiness")
        overcommit = files.number("/proc/sys/vm/overcommit_memory")
        if let limit = files.kibibytes("CommitLimit", of: memory),
            let used = files.kibibytes("Committed_AS", of: memory)
        {
            commitBytesLeft = limit > used ? limit - used : 0
        }
        groupMemoryBytes = ControlGroups(files, process).memoryBytes
        // The word in brackets is the one in force: `always [madvise] never`.
        hugePages = files.text("/sys/kernel/mm/transparent_hugepage/enabled").flatMap { text in
            text.split(separator: " ").first { $0.first == "[" }.map { String($0.dropFirst().dropLast()) }
        }
        let nodes = files.match("/sys/devices/system/node/node[0-9]*").count
        numaNodes = nodes > 0 ? nodes : nil
        numaBalancing = files.number("/proc/sys/kernel/numa_balancing")
    }

    private mutating func readProcessors(_ files: KernelFiles, _ process: String) {
        allowedCPUs = files.field("Cpus_allowed_list", of: "/proc/\(process)/status").flatMap(CPUList.parse)
        onlineCPUs = files.cpus("/sys/devices/system/cpu/online")
        let paths = files.match("/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor")
        governors = Set(paths.compactMap(files.text)).sorted()
        processorQuota = ControlGroups(files, process).processors
        clockSource = files.text("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    }

    private mutating func readNetwork(_ files: KernelFiles) {
        acceptQueueMax = files.number("/proc/sys/net/core/somaxconn")
        guard !files.match("/sys/class/net/*").isEmpty else { return }
        // Only what has hardware, or a hypervisor's stand-in, behind it: no loopback, no bridges.
        devices = files.match("/sys/class/net/*/device").compactMap { path in
            let folder = path.dropLast("/device".count)
            guard let name = folder.split(separator: "/").last else { return nil }
            let masks = files.match("\(folder)/queues/rx-*/rps_cpus").compactMap(files.text)
            return NetworkDevice(
                name: String(name), receiveQueues: files.match("\(folder)/queues/rx-*").count,
                spreadsPackets: masks.contains { $0.contains { $0 != "0" && $0 != "," } })
        }
    }
}

extension Surroundings.Limit {
    /// From a line of `limits`: the name, then soft and hard, a number or `unlimited`.
    init?(named name: String, in lines: [Substring]) {
        guard let line = lines.first(where: { $0.hasPrefix(name) }) else { return nil }
        let values = words(line.dropFirst(name.count))
        guard values.count >= 2 else { return nil }
        self.init(soft: UInt64(values[0]), hard: UInt64(values[1]))
    }
}

extension Surroundings.Ring {
    /// Makes a ring as a core does, sees it receive, and gives it up again.
    public static func tried() -> Surroundings.Ring {
        do throws(RingError) {
            let ring = try IORing()
            return .works(
                present: ring.features.vector.filter(\.present).map(\.name),
                absent: ring.features.vector.filter { !$0.present }.map(\.name))
        } catch {
            return .refused(cause: error.cause, remedy: error.remedy)
        }
    }
}
