/// What LATENCY GRAPH draws: one line a late second, latest last, with a bar as long as it was late. Pure.
struct LatencyGraph {
    let text: String

    /// Bars of the worst.
    private static let columns: Int64 = 50

    init(_ series: LatencySeries, name: String, at now: Int64) {
        let worst = max(1, series.samples.map(\.millis).max() ?? 1)
        let best = series.samples.map(\.millis).min() ?? 0
        var lines = ["\(name) - high \(worst) ms, low \(best) ms (worst ever \(series.millisMax) ms)"]
        for sample in series.samples {
            let bar = String(repeating: "#", count: Int(max(1, sample.millis * Self.columns / worst)))
            lines.append("\(Self.padded(now - sample.seconds)) s ago \(bar) \(sample.millis) ms")
        }
        text = lines.map { $0 + "\n" }.joined()
    }

    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, 6 - digits.utf8.count)) + digits
    }
}
