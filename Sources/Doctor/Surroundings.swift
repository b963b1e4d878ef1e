import Node

/// What the machine and this process's place in it look like. A plain value: read once, or made up by a test.
///
/// An optional is nil where the kernel has no such file, or does not let us read it.
public struct Surroundings: Sendable {
    /// What came of trying to make a ring.
    public enum Ring: Equatable, Sendable {
        /// It works. Features by name.
        case works(present: [String], absent: [String])
        /// It does not.
        case refused(cause: String, remedy: String)
    }

    /// A limit of a process; nil stands for none.
    public struct Limit: Equatable, Sendable {
        var soft: UInt64?
        var hard: UInt64?
    }

    /// A network device with hardware behind it.
    public struct NetworkDevice: Equatable, Sendable {
        var name: String
        var receiveQueues: Int
        /// Whether the kernel spreads its packets over cores (RPS).
        var spreadsPackets: Bool
    }

    // The kernel and its rings.
    var kernelRelease: String?
    var ring: Ring
    /// kernel.io_uring_disabled; there is no such setting before Linux 6.6.
    var ringsDisabled: Int?
    /// 0 no filter, 2 a filter.
    var seccompMode: Int?
    /// The effective capabilities, a bit each.
    var capabilities: UInt64 = 0

    // Limits.
    var lockedMemory: Limit?
    var openFiles: Limit?
    /// fs.nr_open: what nobody may exceed.
    var openFilesMax: UInt64?

    // Memory.
    var memoryBytes: UInt64?
    var swapBytes: UInt64?
    var swappiness: Int?
    var overcommit: Int?
    /// Bytes that may still be promised when `overcommit` is 2.
    var commitBytesLeft: UInt64?
    /// The least limit of the control groups this process is in; nil: none.
    var groupMemoryBytes: UInt64?
    /// `always`, `madvise` or `never`.
    var hugePages: String?
    var numaNodes: Int?
    var numaBalancing: Int?

    // Processors.
    /// The CPUs this process may use.
    var allowedCPUs: [Int]?
    var onlineCPUs: [Int]?
    /// The governors in use, each once; empty where there is no frequency scaling to be seen.
    var governors: [String] = []
    /// How many processors' time the control groups allow; nil: no quota.
    var processorQuota: Double?
    var clockSource: String?

    // Network.
    var devices: [NetworkDevice]?
    var acceptQueueMax: Int?

    /// Nothing known but the ring.
    init(ring: Ring) { self.ring = ring }

    /// Major and minor number of the kernel.
    var kernelVersion: (Int, Int)? {
        let numbers = (kernelRelease ?? "").split(separator: ".").prefix(2).compactMap { part in
            Int(part.prefix { $0.isNumber })
        }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    /// Whether this process is exempt from what `bit` guards.
    func has(_ capability: Capability) -> Bool { capabilities >> capability.rawValue & 1 == 1 }

    /// The capabilities that matter here, by the kernel's number.
    enum Capability: UInt64 {
        /// Locked memory is not counted.
        case lockMemory = 14
        /// Limits may be raised.
        case raiseLimits = 24
    }

    /// How many cores a node with these settings has here: nil when the affinity cannot be read.
    func cores(_ settings: Settings) -> Int? {
        settings.cpus.isEmpty ? allowedCPUs?.count : settings.cpus.count
    }
}
