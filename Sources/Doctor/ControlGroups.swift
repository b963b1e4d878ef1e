/// The limits that control groups set for a process, of both versions. A limit of any group above counts: the least
/// of them is what holds.
struct ControlGroups {
    /// Bytes of memory; nil: no limit.
    private(set) var memoryBytes: UInt64?
    /// Processors' worth of time; nil: no quota.
    private(set) var processors: Double?

    /// Version 1 writes a number of this size where there is no limit.
    private static let boundless: UInt64 = 1 << 60

    init(_ files: KernelFiles, _ process: String) {
        for line in files.lines("/proc/\(process)/cgroup") {
            // `number:controllers:path`; version 2 has neither number nor controllers.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for folder in ControlGroups.folders(upFrom: parts[2]) {
                for controller in parts[1].split(separator: ",") {
                    readFirst(files, "/sys/fs/cgroup/\(controller)\(folder)", controller)
                }
                if parts[1].isEmpty {
                    readSecond(files, "/sys/fs/cgroup\(folder)")
                    readSecond(files, "/sys/fs/cgroup/unified\(folder)")
                }
            }
        }
    }

    /// `/a/b` gives `/a/b`, `/a` and the empty path. A container sees its own group as the last of them.
    static func folders(upFrom path: Substring) -> [String] {
        var parts = path.split(separator: "/")
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders + [""]
    }

    private mutating func readFirst(_ files: KernelFiles, _ folder: String, _ controller: Substring) {
        switch controller {
        case "memory": limitMemory(files.text("\(folder)/memory.limit_in_bytes"))
        case "cpu":
            limitProcessors(
                files.text("\(folder)/cpu.cfs_quota_us"), files.text("\(folder)/cpu.cfs_period_us"))
        default: break
        }
    }

    private mutating func readSecond(_ files: KernelFiles, _ folder: String) {
        limitMemory(files.text("\(folder)/memory.max"))
        let quota = (files.text("\(folder)/cpu.max") ?? "").split(separator: " ").map(String.init)
        if quota.count == 2 { limitProcessors(quota[0], quota[1]) }
    }

    private mutating func limitMemory(_ text: String?) {
        guard let bytes = text.flatMap({ UInt64($0) }), bytes < ControlGroups.boundless else { return }
        memoryBytes = min(bytes, memoryBytes ?? bytes)
    }

    /// Microseconds of processor time in each period; -1 or `max`: no quota.
    private mutating func limitProcessors(_ quota: String?, _ period: String?) {
        guard let quota = quota.flatMap({ Double($0) }), let period = period.flatMap({ Double($0) }),
            quota > 0, period > 0
        else { return }
        processors = min(quota / period, processors ?? .infinity)
    }
}
