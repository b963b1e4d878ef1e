import Node

@testable import Doctor

extension Settings {
    /// What a command line gives.
    static func of(_ arguments: [String]) -> Settings {
        guard let line = try? CommandLineOptions(arguments), let store = try? ConfigLoad.run(line) else {
            preconditionFailure("\(arguments) is no command line")
        }
        return Settings(store)
    }
}

extension Surroundings {
    /// A machine of four cores on which there is nothing to do.
    static var well: Surroundings {
        var found = Surroundings(ring: .works(present: ["ring messages"], absent: []))
        found.kernelRelease = "6.18.1"
        found.ringsDisabled = 0
        found.seccompMode = 0
        found.lockedMemory = Limit(soft: nil, hard: nil)
        found.openFiles = Limit(soft: 1024, hard: 1 << 20)
        found.openFilesMax = 1 << 20
        found.memoryBytes = 16 << 30
        found.swapBytes = 0
        found.swappiness = 60
        found.overcommit = 0
        found.hugePages = "madvise"
        found.numaNodes = 1
        found.numaBalancing = 0
        found.allowedCPUs = [0, 1, 2, 3]
        found.onlineCPUs = [0, 1, 2, 3]
        found.governors = ["performance"]
        found.clockSource = "tsc"
        found.devices = [NetworkDevice(name: "eth0", receiveQueues: 4, spreadsPackets: false)]
        found.acceptQueueMax = 4096
        return found
    }

    /// A machine on which nothing is as it should be, for a node with `cpus 0,9` and `maxmemory 8gb`.
    static var terrible: Surroundings {
        var found = Surroundings(ring: .refused(cause: "forbidden", remedy: "allow it"))
        found.ringsDisabled = 2
        found.seccompMode = 2
        found.lockedMemory = Limit(soft: 65536, hard: 65536)
        found.kernelRelease = "6.0.99"
        found.openFiles = Limit(soft: 1024, hard: 4096)
        found.openFilesMax = 1 << 20
        found.memoryBytes = 4 << 30
        found.swapBytes = 1 << 30
        found.swappiness = 60
        found.overcommit = 2
        found.commitBytesLeft = 1 << 30
        found.hugePages = "never"
        found.numaNodes = 2
        found.numaBalancing = 1
        found.allowedCPUs = [0, 1]
        found.onlineCPUs = [0, 1]
        found.governors = ["powersave"]
        found.processorQuota = 0.5
        found.clockSource = "acpi_pm"
        found.devices = [NetworkDevice(name: "eth0", receiveQueues: 1, spreadsPackets: false)]
        found.acceptQueueMax = 128
        return found
    }
}
