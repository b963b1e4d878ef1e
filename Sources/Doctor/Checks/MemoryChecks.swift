import Node

extension Doctor {
    static let memoryChecks: [Check] = [
        Check(
            name: "memory limit",
            why:
                "data beyond the memory there is ends with the kernel killing the node; maxmemory stops before that",
            look: memoryLimit),
        Check(
            name: "overcommit",
            why:
                "each shard reserves address space that it may never use; with vm.overcommit_memory = 2 that counts",
            look: overcommit),
        Check(
            name: "swap", why: "a page of data that lies on a disk stops its whole core until it is back",
            look: swap),
        Check(
            name: "huge pages",
            why:
                "a node asks for huge pages under its data: lookups among millions of keys then cost a third less",
            look: hugePages),
        Check(
            name: "NUMA balancing",
            why:
                "a node keeps each core's memory near by itself; the kernel's balancing unmaps pages to learn who uses them",
            look: numaBalancing),
    ]

    /// Beside the data: connections' buffers, the program, the allocator's slack.
    private static let shareForData = 0.9

    private static func memoryLimit(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let machine = found.memoryBytes else { return .unknown("the memory's size cannot be read") }
        let limit = min(machine, found.groupMemoryBytes ?? machine)
        let whose = limit < machine ? "the control group allows" : "the machine has"
        let said = "\(whose) \(amount(limit))"
        let wanted = settings.maxMemoryBytes
        let fitting = UInt64(Double(limit) * shareForData)
        let remedy = "coronet node --maxmemory \(fitting >> 20)mb, or that line in redis.conf"
        if wanted == 0 { return .warn("\(said), and there is no maxmemory", remedy: remedy) }
        if wanted > limit { return .fail("\(said), maxmemory is \(amount(wanted))", remedy: remedy) }
        if wanted > fitting {
            return .warn("\(said), maxmemory \(amount(wanted)) leaves little for the rest", remedy: remedy)
        }
        return .ok("\(said), maxmemory is \(amount(wanted))")
    }

    private static func overcommit(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let mode = found.overcommit else { return .unknown("vm.overcommit_memory cannot be read") }
        guard mode == 2 else { return .ok("vm.overcommit_memory = \(mode)") }
        guard let left = found.commitBytesLeft, let cores = found.cores(settings) else {
            return .unknown("vm.overcommit_memory = 2; what is left cannot be read")
        }
        let (needed, overflow) = settings.reservedBytesPerCore.multipliedReportingOverflow(by: UInt64(cores))
        let said = "vm.overcommit_memory = 2 leaves \(amount(left))"
        if !overflow && needed <= left { return .ok("\(said), shards reserve \(amount(needed))") }
        return .fail(
            "\(said), \(cores) shards reserve \(amount(settings.reservedBytesPerCore)) each",
            remedy:
                "sysctl -w vm.overcommit_memory=0, or --shard-reserve \(max(64, (left / UInt64(max(1, cores)) / 2) >> 20))mb"
        )
    }

    private static func swap(_ found: Surroundings, _: Settings) -> Verdict {
        guard let bytes = found.swapBytes else { return .unknown("the size of the swap cannot be read") }
        if bytes == 0 { return .ok("there is none") }
        guard let swappiness = found.swappiness else {
            return .unknown("\(amount(bytes)); vm.swappiness cannot be read")
        }
        return swappiness <= 10
            ? .ok("\(amount(bytes)), vm.swappiness = \(swappiness)")
            : .warn("\(amount(bytes)), vm.swappiness = \(swappiness)", remedy: "sysctl -w vm.swappiness=1")
    }

    private static func hugePages(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let mode = found.hugePages else { return .unknown("this kernel has no transparent huge pages") }
        let remedy = "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"
        switch (mode, settings.hugePages) {
        case ("madvise", _): return .ok("madvise: whoever asks has them")
        case ("never", true): return .warn("never, though huge-pages is yes", remedy: remedy)
        case ("always", false): return .warn("always, though huge-pages is no", remedy: remedy)
        case ("always", true):
            return .warn("always: memory that is barely used takes whole huge pages too", remedy: remedy)
        default: return .ok(mode)
        }
    }

    private static func numaBalancing(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let nodes = found.numaNodes else { return .unknown("the number of NUMA nodes cannot be read") }
        if nodes == 1 { return .ok("one NUMA node") }
        guard let balancing = found.numaBalancing else { return .ok("\(nodes) NUMA nodes, no balancing") }
        if balancing == 0 { return .ok("\(nodes) NUMA nodes, kernel.numa_balancing = 0") }
        guard settings.numa && settings.cpuPinning else {
            return .ok("\(nodes) NUMA nodes, left to the kernel's balancing, as numa or cpu-pinning is no")
        }
        return .warn(
            "\(nodes) NUMA nodes, kernel.numa_balancing = \(balancing)",
            remedy: "sysctl -w kernel.numa_balancing=0")
    }
}
