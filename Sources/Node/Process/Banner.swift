/// The five lines a node logs when it is ready. A pure function of what was found.
public struct Banner: Sendable {
    /// `0.1.0`.
    public var version: String
    /// `uname -r`.
    public var kernel: String
    /// The ring's features in words, from the ring itself.
    public var ringFeatures: String
    /// One entry a core: its CPU and that CPU's NUMA node.
    public var cores: [(cpu: Int, numaNode: Int)]
    /// Bytes of the machine's memory.
    public var machineBytes: UInt64
    /// `maxmemory`.
    public var maxMemoryBytes: UInt64
    /// Whether huge pages were asked for.
    public var hugePages: Bool
    /// Where it listens: `127.0.0.1:6379`, `/run/coronet.sock`.
    public var endpoints: [String]
    /// The cores' own ports; empty when they have none.
    public var corePorts: [UInt16]
    /// This process.
    public var processID: Int32

    /// The facts, all at once.
    public init(
        version: String, kernel: String, ringFeatures: String, cores: [(cpu: Int, numaNode: Int)],
        machineBytes: UInt64, maxMemoryBytes: UInt64, hugePages: Bool, endpoints: [String],
        corePorts: [UInt16],
        processID: Int32
    ) {
        self.version = version
        self.kernel = kernel
        self.ringFeatures = ringFeatures
        self.cores = cores
        self.machineBytes = machineBytes
        self.maxMemoryBytes = maxMemoryBytes
        self.hugePages = hugePages
        self.endpoints = endpoints
        self.corePorts = corePorts
        self.processID = processID
    }

    /// Version; kernel and ring; cores and NUMA nodes; memory; ports.
    public var lines: [String] {
        let nodes = Set(cores.map(\.numaNode)).count
        let cpus = cores.map { String($0.cpu) }.joined(separator: ",")
        let limit = maxMemoryBytes == 0 ? "no maxmemory" : "maxmemory \(Banner.size(maxMemoryBytes))"
        let own = Banner.ranges(corePorts)
        return [
            "Coronet \(version), process \(processID)",
            "kernel \(kernel), io_uring: \(ringFeatures)",
            "\(Banner.count(cores.count, "core")) on CPU \(cpus), \(Banner.count(nodes, "NUMA node"))",
            "memory \(Banner.size(machineBytes)), \(limit), huge pages \(hugePages ? "asked for" : "off")",
            "listening on \(endpoints.joined(separator: ", "))" + (own.isEmpty ? "" : "; core ports \(own)"),
        ]
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Rounded down to a tenth: 23.4 GiB.
    public static func size(_ bytes: UInt64) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] as [(String, UInt64)]
        where bytes >> shift > 0 {
            let tenths = (bytes >> shift) * 10 + ((bytes & ((1 << shift) - 1)) * 10) >> shift
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) B"
    }

    /// 7001-7004 for a run, else one by one.
    private static func ranges(_ ports: [UInt16]) -> String {
        guard let first = ports.first, let last = ports.last else { return "" }
        let isRun = ports.count > 1 && ports.map(Int.init) == Array(Int(first)...max(Int(first), Int(last)))
        return isRun ? "\(first)-\(last)" : ports.map(String.init).joined(separator: ",")
    }
}
