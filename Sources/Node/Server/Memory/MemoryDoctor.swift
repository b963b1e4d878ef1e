/// What MEMORY DOCTOR says. Pure: figures in, prose out.
struct MemoryDoctor {
    private let findings: [String]
    private let isEmpty: Bool

    /// Below this there is nothing to judge.
    private static let bytesMin = 5 << 20

    init(_ report: NodeReport) {
        let used = report.usedBytes
        isEmpty = used < Self.bytesMin
        var findings: [String] = []
        let limit = Int(clamping: report.settings.maxMemoryBytes)
        if limit > 0, used > limit / 10 * 9, report.settings.maxMemoryPolicy == "noeviction" {
            findings.append(
                "Data takes more than nine tenths of maxmemory; at the limit, writes are refused. Raise maxmemory, let "
                    + "keys expire, or choose a maxmemory-policy that evicts.")
        }
        if report.cores.contains(where: { $0.exceededMillisNow > 1000 }) {
            findings.append(
                "The node has been above maxmemory for more than a second: the policy finds nothing to evict, or "
                    + "maxmemory-eviction-tenacity leaves it too little time.")
        }
        if report.facts.usedBytesPeak > used / 2 * 3 {
            findings.append(
                "Memory in use was once half as much again as now; what has been freed is used first.")
        }
        if report.sum(\.spareBytes) > report.sum(\.usedBytes) / 2 {
            findings.append("The shards keep many free pages for reuse: MEMORY PURGE gives them back.")
        }
        if report.sum(\.heldBytes) > report.sum(\.usedBytes) / 100 * 115 {
            findings.append(
                "More than 15 % of the pages is waste between blocks"
                    + (report.settings.activeDefrag
                        ? ": see active-defrag-ignore-bytes and the thresholds for when it is compacted."
                        : ": CONFIG SET activedefrag yes has it compacted while serving."))
        }
        if report.sum(\.clientBytes) > used / 2 {
            findings.append(
                "Clients' buffers take more than the data: see client-output-buffer-limit, and CLIENT LIST for who."
            )
        }
        self.findings = findings
    }

    var text: String {
        if isEmpty { return "There is hardly anything stored yet: nothing to judge.\n" }
        if findings.isEmpty { return "No problem with memory was found.\n" }
        return (["What was found:", ""] + findings.map { "- \($0)" } + [""]).joined(separator: "\n")
    }
}
