import Histogram

/// What a run came to: the cores' counts added up.
public struct Summary: Sendable {
    let options: BenchOptions
    let tally: Tally
    /// Answers of all commands, in nanoseconds.
    let latency: Histogram<UInt64>

    init(_ options: BenchOptions, _ tallies: [Tally]) {
        precondition(!tallies.isEmpty, "a run has a core or more")
        self.options = options
        var sum = tallies[0]
        for tally in tallies.dropFirst() { sum.add(tally) }
        tally = sum
        var all = CommandTally(name: "all").latency
        for command in sum.commands { all.add(command.latency) }
        latency = all
    }

    /// Answers that were no errors, in the measured time.
    public var operations: UInt64 { latency.totalCount }
    /// From the first moment that counts to the last answer that does, but no less than the time that was asked for.
    var elapsedSeconds: Double {
        let seconds = Double(tally.lastMoment - min(tally.firstMoment, tally.lastMoment)) / 1e9
        return operations > 0 ? seconds : 0
    }
    var operationsPerSecond: Double { perSecond(operations) }
    var keysPerSecond: Double { perSecond(tally.commands.map(\.keys).reduce(0, +)) }
    /// Answers that were wrong, of any kind.
    public var wrongAnswers: UInt64 { tally.wrongAnswers }

    /// 0 if the server answered and nothing was wrong; errors alone are reported, not judged.
    public var exitCode: Int32 { operations == 0 || wrongAnswers > 0 ? 1 : 0 }

    private func perSecond(_ count: UInt64) -> Double {
        elapsedSeconds > 0 ? Double(count) / elapsedSeconds : 0
    }
}

/// The figures that are told of a distribution of latencies, in µs.
struct LatencyFigures {
    let min: Double
    let mean: Double
    let p50: Double
    let p90: Double
    let p99: Double
    let p999: Double
    let max: Double

    init(_ histogram: Histogram<UInt64>) {
        let isEmpty = histogram.totalCount == 0
        func at(_ percentile: Double) -> Double {
            isEmpty ? 0 : Double(Swift.min(histogram.valueAtPercentile(percentile), histogram.max)) / 1000
        }
        min = isEmpty ? 0 : Double(histogram.min) / 1000
        mean = isEmpty ? 0 : histogram.mean / 1000
        p50 = at(50)
        p90 = at(90)
        p99 = at(99)
        p999 = at(99.9)
        max = isEmpty ? 0 : Double(histogram.max) / 1000
    }
}
