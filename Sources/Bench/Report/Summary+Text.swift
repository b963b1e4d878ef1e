extension Summary {
    /// The result for people.
    public var text: String {
        var lines: [String] = []
        let rate = options.rate.map { ", \(grouped(UInt64($0))) offered" } ?? ""
        lines.append(
            "\(grouped(operations)) operations in \(fixed(elapsedSeconds, digits: 2)) s: "
                + "\(grouped(UInt64(operationsPerSecond))) ops/s\(rate)")
        if keysPerSecond > operationsPerSecond * 1.01 {
            lines.append("keys: \(grouped(UInt64(keysPerSecond)))/s")
        }
        lines.append("")
        lines.append(row("latency, µs", ["p50", "p90", "p99", "p99.9", "max", "mean", "operations"]))
        lines.append(row("all", LatencyFigures(latency), operations))
        if tally.commands.count > 1 {
            for command in tally.commands {
                lines.append(row(command.name, LatencyFigures(command.latency), command.latency.totalCount))
            }
        }
        if options.rate != nil {
            lines.append(row("(sent late by)", LatencyFigures(tally.lateness), tally.lateness.totalCount))
        }
        lines.append("")
        if tally.hits + tally.misses > 0 {
            lines.append("hits \(grouped(tally.hits)), misses \(grouped(tally.misses))")
        }
        lines.append(
            "sent \(megabytes(tally.bytesSent)), received \(megabytes(tally.bytesReceived)); generator CPU "
                + "\(fixed(tally.userSeconds, digits: 2)) s user, \(fixed(tally.systemSeconds, digits: 2)) s system"
                + (operations > 0 ? " (\(fixed(cpuMicrosPerOperation, digits: 3)) µs/op)" : ""))
        lines += failures
        return lines.joined(separator: "\n") + "\n"
    }

    private var failures: [String] {
        var lines: [String] = []
        if tally.moved + tally.asked > 0 {
            lines.append(
                "sent elsewhere: \(grouped(tally.moved)) for good (MOVED), \(grouped(tally.asked)) for once (ASK)"
            )
        }
        if tally.connectionsFailed > 0 {
            lines.append("connections failed: \(grouped(tally.connectionsFailed))")
        }
        if tally.errors > 0 { lines.append("errors: \(grouped(tally.errors))") }
        for (text, count) in tally.errorSamples.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("  \(grouped(count)) x \(text)")
        }
        if tally.wrongAnswers > 0 { lines.append("WRONG ANSWERS: \(grouped(tally.wrongAnswers))") }
        for text in tally.wrongSamples { lines.append("  \(text)") }
        if options.verify, operations > 0, tally.wrongAnswers == 0 { lines.append("all answers verified") }
        return lines
    }

    /// The generator's own CPU time for one operation.
    var cpuMicrosPerOperation: Double { (tally.userSeconds + tally.systemSeconds) * 1e6 / Double(operations) }

    private func row(_ name: String, _ figures: LatencyFigures, _ count: UInt64) -> String {
        let micros = [figures.p50, figures.p90, figures.p99, figures.p999, figures.max, figures.mean]
        return row(name, micros.map { fixed($0, digits: 1) } + [grouped(count)])
    }

    private func row(_ name: String, _ columns: [String]) -> String {
        let left = name + String(repeating: " ", count: max(0, 14 - name.count))
        return left + columns.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
    }

    private func megabytes(_ bytes: UInt64) -> String { "\(fixed(Double(bytes) / 1_000_000, digits: 1)) MB" }
}
