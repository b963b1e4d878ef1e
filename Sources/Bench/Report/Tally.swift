import Histogram

/// What one command did in the measured time.
struct CommandTally: Sendable {
    let name: String
    /// Answers that were no errors, and what they took, in nanoseconds.
    var latency: Histogram<UInt64>
    /// Keys asked for or written by them.
    var keys: UInt64 = 0

    init(name: String) {
        self.name = name
        // From a nanosecond to an hour; 270 KiB.
        latency = Histogram(
            lowestDiscernibleValue: 1, highestTrackableValue: CommandTally.nanosecondsMax,
            numberOfSignificantValueDigits: .three)
    }

    static var nanosecondsMax: UInt64 { 3_600_000_000_000 }
}

/// What one generator core counted. Handed over when it ends.
struct Tally: Sendable {
    var commands: [CommandTally] = []
    var errors: UInt64 = 0
    /// Texts of errors with how often each came.
    var errorSamples: [String: UInt64] = [:]
    var wrongAnswers: UInt64 = 0
    /// Descriptions of the first wrong answers.
    var wrongSamples: [String] = []
    var hits: UInt64 = 0
    var misses: UInt64 = 0
    /// Answers that sent us elsewhere, for good and for once.
    var moved: UInt64 = 0
    var asked: UInt64 = 0
    /// Requests that were due and could not be sent before the end.
    var unsent: UInt64 = 0
    var connectionsFailed: UInt64 = 0
    var bytesSent: UInt64 = 0
    var bytesReceived: UInt64 = 0
    /// How late requests left, in nanoseconds: an open loop's own honesty.
    var lateness = CommandTally(name: "lateness").latency
    /// CPU time of the measured time, in seconds.
    var userSeconds = 0.0
    var systemSeconds = 0.0
    /// Nanoseconds of the monotonic clock.
    var firstMoment: UInt64 = 0
    var lastMoment: UInt64 = 0

    static var samplesMax: Int { 10 }

    /// Notes `count` failures of one kind.
    mutating func fail(_ text: String, count: Int = 1) {
        errors += UInt64(count)
        let isKnown = errorSamples[text] != nil
        if isKnown || errorSamples.count < Self.samplesMax { errorSamples[text, default: 0] += UInt64(count) }
    }

    /// Notes an answer that cannot be right.
    mutating func wrong(_ text: String) {
        wrongAnswers += 1
        if wrongSamples.count < Self.samplesMax { wrongSamples.append(text) }
    }

    /// Adds what another core counted of the same plan.
    mutating func add(_ other: Tally) {
        precondition(commands.count == other.commands.count, "cores of one run have the same commands")
        for index in commands.indices {
            commands[index].latency.add(other.commands[index].latency)
            commands[index].keys += other.commands[index].keys
        }
        errors += other.errors
        for (text, count) in other.errorSamples { errorSamples[text, default: 0] += count }
        wrongAnswers += other.wrongAnswers
        wrongSamples = Array((wrongSamples + other.wrongSamples).prefix(Self.samplesMax))
        hits += other.hits
        misses += other.misses
        moved += other.moved
        asked += other.asked
        unsent += other.unsent
        connectionsFailed += other.connectionsFailed
        bytesSent += other.bytesSent
        bytesReceived += other.bytesReceived
        lateness.add(other.lateness)
        userSeconds += other.userSeconds
        systemSeconds += other.systemSeconds
        firstMoment = min(firstMoment, other.firstMoment)
        lastMoment = max(lastMoment, other.lastMoment)
    }
}
