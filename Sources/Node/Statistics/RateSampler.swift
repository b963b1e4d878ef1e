/// Rates over the last seconds: `instantaneous_ops_per_sec` and its like. Lives on one core.
struct RateSampler {
    private static let samplesMax = 8

    private var samples: [(millis: Int64, commands: UInt64, input: UInt64, output: UInt64)] = []

    /// Takes a sample; once a second while there is something to do.
    mutating func sample(at millis: Int64, commands: UInt64, input: UInt64, output: UInt64) {
        samples.append((millis, commands, input, output))
        if samples.count > Self.samplesMax { samples.removeFirst() }
    }

    /// The counters start again from zero.
    mutating func restart() { samples.removeAll() }

    /// Per second, between the oldest and the latest sample.
    var perSecond: (commands: Double, input: Double, output: Double) {
        guard let first = samples.first, let last = samples.last, last.millis > first.millis else {
            return (0, 0, 0)
        }
        let seconds = Double(last.millis - first.millis) / 1000
        return (
            Double(last.commands &- first.commands) / seconds, Double(last.input &- first.input) / seconds,
            Double(last.output &- first.output) / seconds
        )
    }
}
