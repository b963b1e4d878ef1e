import Glibc
import Reactor
import Synchronization
import Wire

/// A run from start to end: looks up where the load goes, starts the cores, watches them, adds up what they counted.
public enum BenchProgram {
    /// Runs the load and reports. The process's exit code: 0 if the server answered and nothing was wrong, else 1.
    public static func run(_ options: BenchOptions) -> Int32 {
        Interrupts.block()
        do throws(OptionError) {
            let summary = try measure(options)
            return try report(summary, options)
        } catch {
            Output.write("coronet bench: \(error)\n", to: 2)
            return 1
        }
    }

    /// The load without the report.
    static func measure(_ options: BenchOptions) throws(OptionError) -> Summary {
        let cores = options.coreCount
        // Contradictions are found here, before anything starts.
        let plan = try Plan(options, core: 0, of: cores)
        let source = MapSource(options, greeting: plan.greeting, greetings: plan.greetingCount)
        let board = RunBoard(try source.first(), cores: cores)
        try checkCPUs(options)
        let run = UInt32(truncatingIfNeeded: wallClockNanos())
        var threads: [CoreThread] = []
        for core in 0..<cores {
            threads.append(try CoreThread(core, options, board, run: run))
        }
        var watch = Watch(board, options, source)
        watch.untilEnd()
        var tallies: [Tally] = []
        var failure: OptionError?
        for (core, thread) in threads.enumerated() {
            thread.join()
            switch board.cores[core].result.withLock({ $0 }) {
            case .success(let tally)?: tallies.append(tally)
            case .failure(let error)?: failure = error
            case nil: failure = OptionError("a generator core ended without a result")
            }
        }
        if let failure { throw failure }
        return Summary(options, tallies)
    }

    private static func report(_ summary: Summary, _ options: BenchOptions) throws(OptionError) -> Int32 {
        let jsonToOutput = options.json == "-"
        if !options.quiet { Output.write(summary.text, to: jsonToOutput ? 2 : 1) }
        if jsonToOutput {
            Output.write(summary.json, to: 1)
        } else if let path = options.json, let failure = Output.write(summary.json, toFile: path) {
            throw OptionError("cannot write \(path): \(failure)")
        }
        if options.quiet, summary.exitCode != 0 { Output.write(summary.text, to: 2) }
        return summary.exitCode
    }

    private static func checkCPUs(_ options: BenchOptions) throws(OptionError) {
        let allowed = Set(Affinity.allowedCPUs().map(\.number))
        for cpu in options.cpus where !allowed.contains(cpu) {
            throw OptionError("--cpus: this process may not use processor \(cpu)")
        }
    }

    private static func wallClockNanos() -> UInt64 {
        var time = timespec()
        // Safe: clock_gettime fills the structure.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// The thread of one generator core.
struct CoreThread {
    private final class Handle {
        var thread: PinnedThread?

        init(_ thread: consuming PinnedThread) { self.thread = consume thread }
    }

    private let handle: Handle

    init(_ core: Int, _ options: BenchOptions, _ board: RunBoard, run: UInt32) throws(OptionError) {
        let cpu = options.cpus.isEmpty ? nil : CPU(number: options.cpus[core])
        do throws(PinnedThread.Failure) {
            handle = Handle(
                try PinnedThread(name: "bench-\(core)", cpu: cpu) {
                    let result = CoreThread.generate(core, options, board, run)
                    board.cores[core].result.withLock { $0 = result }
                    board.cores[core].stage.store(.ended, ordering: .releasing)
                })
        } catch {
            throw OptionError(error.description)
        }
    }

    /// Waits until the core has ended.
    func join() { handle.thread.take()?.join() }

    /// The life of a core, on its thread.
    private static func generate(
        _ core: Int, _ options: BenchOptions, _ board: RunBoard, _ run: UInt32
    ) -> Result<Tally, OptionError> {
        do throws(OptionError) {
            let plan = try Plan(options, core: core, of: options.coreCount)
            do throws(RingError) {
                var configuration = RingConfiguration()
                // Every lane may have a send and an answer to report at once.
                while configuration.completionEntries < 4 * plan.lanesPerEndpoint,
                    configuration.completionEntries < 65536
                {
                    configuration.completionEntries *= 2
                }
                let ring = try IORing(configuration)
                var generator = GeneratorCore(
                    ring: ring, state: GeneratorState(plan, board: board, run: run))
                return .success(generator.run())
            } catch {
                throw OptionError("\(error)")
            }
        } catch {
            return .failure(error)
        }
    }
}
