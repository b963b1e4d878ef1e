// What the engine does for each request, piece by piece, without a kernel in between: parser, command lookup, table,
// reply writer, mailbox, and all of them together on one pipeline.
//
// Each sample is a thousand operations or more (`scalingFactor`), so that reading the clock does not show. A table or a
// buffer is made once, before the measuring starts.
import Benchmark

let benchmarks: @Sendable () -> Void = {
    // The clock alone: processor time comes in steps of 10 ms, longer than any sample, and allocation counts read 0
    // without the library's own allocator. A sample of microseconds is either interrupted or not, so the lower
    // percentiles show the code and the upper ones the machine.
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 10, scalingFactor: .kilo, maxDuration: .seconds(2),
        maxIterations: 100_000)
    parserBenchmarks()
    replyBenchmarks()
    tableBenchmarks()
    mailboxBenchmarks()
    pathBenchmarks()
}
