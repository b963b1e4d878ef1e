/// CPU numbers as the kernel writes them: `0-3,8`.
public enum CPUList {
    /// The numbers in the order given, each once; nil when the text is no such list.
    public static func parse(_ text: String) -> [Int]? {
        var cpus: [Int] = []
        if text.isEmpty { return cpus }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, first <= last else {
                return nil
            }
            for cpu in first...last where !cpus.contains(cpu) { cpus.append(cpu) }
        }
        return cpus
    }

    /// The list in its shortest form: neighbours that count upwards become a range.
    public static func text(_ cpus: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for cpu in cpus {
            if let last = ranges.last, last.upperBound + 1 == cpu {
                ranges[ranges.count - 1] = last.lowerBound...cpu
            } else {
                ranges.append(cpu...cpu)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// Linux knows at most 8192 CPUs.
    private static func number(_ text: Substring) -> Int? {
        guard let number = Int(text), number >= 0, number < 8192, String(number) == text else { return nil }
        return number
    }
}
