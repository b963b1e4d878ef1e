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
        if limit > 0, report.sum(\.usedBytes) > limit / 10 * 9 {
            findings.append(
                "Data takes more than nine tenths of maxmemory; at the limit, writes are refused. Raise maxmemory, or "
                    + "let keys expire.")
        }
        if report.facts.usedBytesPeak > used / 2 * 3 {
            findings.append(
                "Memory in use was once half as much again as now; what has been freed is used first.")
        }
        let active = report.sum(\.committedBytes)
        if active > report.sum(\.usedBytes) / 2 * 3 {
            findings.append("The shards hold half as much again as they use: MEMORY PURGE gives pages back.")
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
