import Glibc
import Keyspace
import Reactor
import Wire

// What the settings mean to the parts of a core.

extension Settings {
    /// The sizes of a core's ring.
    var ringConfiguration: RingConfiguration {
        var configuration = RingConfiguration()
        configuration.submissionEntries = Int(ringEntries)
        configuration.completionEntries = max(configuration.completionEntries, Int(ringEntries) * 4)
        configuration.bufferCount = Int(receiveBuffers)
        configuration.bufferSize = Int(receiveBufferBytes)
        return configuration
    }

    /// How a core's shard is made. Address space costs nothing until it is used, so each shard reserves as much as
    /// the whole machine has, up to what small handles reach.
    func shardConfiguration(seed: (UInt64, UInt64), coreCount: Int, cpu: CPU) -> ShardConfiguration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let micros = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
        var configuration = ShardConfiguration(hashSeed: seed, startMicros: micros)
        configuration.databaseCount = databases
        configuration.hugePages = hugePages
        configuration.numaNode = numa ? cpu.numaNode : nil
        if shardReserveBytes > 0 { configuration.arenaBytes = Int(shardReserveBytes) }
        return configuration
    }

    /// Address space that each core reserves for its shard.
    public var reservedBytesPerCore: UInt64 {
        shardReserveBytes > 0
            ? shardReserveBytes : UInt64(ShardConfiguration(hashSeed: (0, 0), startMicros: 0).arenaBytes)
    }

    /// What the kernel counts as locked memory for each core's ring.
    public var lockedBytesPerCore: Int { ringConfiguration.lockedBytes }

    /// Files that a node of so many cores opens when all its clients are there.
    public func descriptorsNeeded(coreCount: Int) -> UInt {
        UInt(maxClients) + ProcessReport.descriptorsReserved(coreCount: coreCount)
    }
}

extension CoreTuning {
    /// What a core reads of the settings.
    init(_ settings: Settings) {
        parserLimits = RequestParser.Limits(maxBulkLength: Int(settings.maxBulkBytes))
        queryBufferLimit = Int(settings.queryBufferLimitBytes)
        maxClients = Int(settings.maxClients)
        maxMemory = Int(settings.maxMemoryBytes)
        isProtected = settings.protectedMode
        password = settings.password
        databases = settings.databases
        if settings.slowLogMicroseconds >= 0 {
            slowLogCycles = Cycles.ticks(micros: settings.slowLogMicroseconds)
        }
        if settings.latencyMonitorMilliseconds > 0 {
            let micros = settings.latencyMonitorMilliseconds.multipliedReportingOverflow(by: 1000)
            latencyCycles = micros.overflow ? .max : Cycles.ticks(micros: micros.partialValue)
        }
        noteworthyCycles = min(slowLogCycles, latencyCycles)
        slowLogEntriesMax = Int(settings.slowLogEntriesMax)
        tracksLatency = settings.latencyTracking
        timeoutSeconds = Int64(settings.clientTimeoutSeconds)
        shutdownSeconds = Int(settings.shutdownSeconds)
        savePoints = settings.savePoints
        stopsWritesAfterFailedSave = settings.stopsWritesAfterFailedSave
        allowsDebug = settings.debugCommand
        admitsToProtectedConfigs = settings.protectedConfigs
        outputLimits = settings.outputBufferLimits
        ordersMultiShardCalls = settings.ordersMultiShardCalls
    }
}

/// Why a core could not be made.
enum CoreFailure: Error, CustomStringConvertible {
    case noRing(RingError)
    case noAddressSpace(bytes: Int)

    var description: String {
        switch self {
        case .noRing(let error): error.description
        case .noAddressSpace(let bytes):
            "a shard cannot reserve \(bytes) bytes of address space; lower shard-reserve or raise ulimit -v"
        }
    }
}

/// The machine's memory.
enum MachineMemory {
    /// Bytes of RAM.
    static var bytes: UInt64 {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        return pages > 0 && size > 0 ? UInt64(pages) * UInt64(size) : 0
    }
}
