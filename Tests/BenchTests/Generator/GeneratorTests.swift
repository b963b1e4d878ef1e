import Reactor
import Testing
import Wire

@testable import Bench

@Suite struct GeneratorTests {
    private func options(_ change: (inout BenchOptions) -> Void = { _ in }) -> BenchOptions {
        var options = BenchOptions()
        options.connections = 4
        options.duration = 1
        options.warmup = 0.1
        options.keys = 1000
        change(&options)
        return options
    }

    @Test func aClosedLoopAwaitsWholePipelines() throws {
        let store = MiniStore()
        var largest = 0
        let run = try SimulatedRun(
            options {
                $0.pipeline = 5
                $0.requests = 1000
                $0.populate = true
                $0.warmup = 0
            }
        ) { store.answer($0) }
        while run.core.state.phase != .done {
            run.step()
            largest = max(largest, run.core.state.inFlight)
        }
        #expect(largest == 20)
        #expect(store.values.count == 1000)
        let summary = Summary(run.core.state.plan.options, [run.tally])
        #expect(summary.operations == 1000)
        #expect(run.tally.hits + run.tally.misses == run.tally.commands[0].latency.totalCount)
        #expect(run.tally.misses == 0 && run.tally.errors == 0 && run.tally.wrongAnswers == 0)
        #expect(run.core.ring.buffersOnLoan == 0)
        // 1000 of the population, then the measured ones.
        #expect(run.requests.values.reduce(0, +) == 2000)
    }

    /// A server that answers at once but for a pause of half a second in two. How many answers took more than 100 ms.
    private func slowAnswers(rate: Double?) throws -> (slow: UInt64, all: UInt64, worst: UInt64) {
        let store = MiniStore()
        let run = try SimulatedRun(
            options {
                $0.rate = rate
                $0.duration = 2
                $0.warmup = 0
            }
        ) { store.answer($0) }
        var isOver = false
        for _ in 0..<100_000 where !isOver {
            let started = run.board.startAt.load(ordering: .relaxed)
            let passed = started == 0 ? 0 : run.world.now.nanoseconds - started
            run.isStalled = passed > 500_000_000 && passed < 1_000_000_000
            run.step()
            isOver = run.core.state.phase == .done
        }
        #expect(isOver)
        let latency = Summary(run.core.state.plan.options, [run.tally]).latency
        return (latency.count(within: 100_000_000...1_000_000_000), latency.totalCount, latency.max)
    }

    @Test func anOpenLoopOmitsNothingOfAStall() throws {
        // Closed: only those four that were under way saw the stall.
        let closed = try slowAnswers(rate: nil)
        #expect(closed.slow == 4)
        // Open: whoever was due in the first 400 of its 500 ms waited for more than 100 ms, sent or not; and some more,
        // until those that had gathered were served.
        let open = try slowAnswers(rate: 1000)
        #expect((395...450).contains(open.slow), "\(open.slow) answers")
        #expect((1990...2001).contains(open.all), "\(open.all) answers")
        #expect((490_000_000...510_000_000).contains(open.worst))
    }

    @Test func aRateIsKept() throws {
        let store = MiniStore()
        let run = try SimulatedRun(
            options {
                $0.rate = 8000
                $0.pipeline = 4
            }
        ) { store.answer($0) }
        #expect(run.finish(micros: 50))
        let summary = Summary(run.core.state.plan.options, [run.tally])
        #expect((7990...8010).contains(summary.operations))
        #expect(run.tally.unsent == 0)
        #expect(run.tally.lateness.totalCount == summary.operations)
    }

    @Test func whatCouldNotBeSentIsCounted() throws {
        // Each answer takes two milliseconds: four connections carry 2000 a second of the 10,000 that are due.
        let run = try SimulatedRun(
            options {
                $0.rate = 10_000; $0.duration = 20
            }
        ) { _ in "$1\r\nx\r\n" }
        #expect(run.finish(micros: 2000))
        #expect(run.tally.unsent > 50_000)
        #expect(run.tally.errors >= run.tally.unsent)
        let summary = Summary(run.core.state.plan.options, [run.tally])
        #expect(summary.operations + run.tally.unsent > 199_000)
        // Somebody who waited for so long is among those who were answered.
        #expect(summary.latency.max > 10_000_000_000)
    }

    @Test func errorsAreCountedByText() throws {
        var count = 0
        let run = try SimulatedRun(
            options {
                $0.requests = 100; $0.warmup = 0
            }
        ) { words in
            count += 1
            return count % 2 == 0 ? "-LOADING wait\r\n" : words[0] == "GET" ? "$-1\r\n" : "+OK\r\n"
        }
        #expect(run.finish())
        #expect(run.tally.errors == 50)
        #expect(run.tally.errorSamples == ["LOADING wait": 50])
        #expect(Summary(run.core.state.plan.options, [run.tally]).operations == 50)
    }

    @Test func anAnswerOfTheWrongFormIsWrong() throws {
        let run = try SimulatedRun(
            options {
                $0.requests = 10
                $0.warmup = 0
                $0.mix = CommandMix(entries: [.init(kind: .get, weight: 1)])
            }
        ) { _ in ":1\r\n" }
        #expect(run.finish())
        #expect(run.tally.wrongAnswers == 10)
        #expect(Summary(run.core.state.plan.options, [run.tally]).exitCode == 1)
    }

    @Test func nonsenseEndsTheConnection() throws {
        let run = try SimulatedRun(options { $0.duration = 0.3 }) { _ in "HTTP/1.1 400\r\n\r\n" }
        #expect(run.finish())
        #expect(run.tally.connectionsFailed >= 4)
        #expect(Summary(run.core.state.plan.options, [run.tally]).exitCode == 1)
    }

    @Test func refusedConnectionsEndARunAtOnce() throws {
        let run = try SimulatedRun(options()) { _ in nil }
        run.world.refusesConnections = true
        #expect(run.finish(steps: 100))
        #expect(run.tally.connectionsFailed == 4)
        #expect(run.tally.errors == 4)
    }

    @Test func lostConnectionsComeBack() throws {
        let store = MiniStore()
        let run = try SimulatedRun(options()) { store.answer($0) }
        for _ in 0..<3000 { run.step() }
        for dialled in run.world.dialled(core: 0) { dialled.peer.reset() }
        #expect(run.finish())
        #expect(run.tally.connectionsFailed == 4)
        #expect((1...4).contains(run.tally.errors))
        #expect(run.world.dialled(core: 0).count == 8)
        #expect(run.core.state.inFlight == 0)
    }

    @Test func aServerThatFallsSilentIsGivenUp() throws {
        let run = try SimulatedRun(options { $0.requests = 1_000_000 }) { _ in nil }
        #expect(run.finish(steps: 20_000, micros: 1000))
        #expect(run.tally.errorSamples["no answer before the end"] == 4)
    }

    @Test func somebodyMayEndItEarly() throws {
        let store = MiniStore()
        let run = try SimulatedRun(options { $0.duration = 1000 }) { store.answer($0) }
        for _ in 0..<5000 { run.step() }
        run.board.isStopped.store(true, ordering: .relaxed)
        #expect(run.finish(steps: 100))
        #expect(Summary(run.core.state.plan.options, [run.tally]).operations > 1000)
    }

    @Test func theGreetingComesFirst() throws {
        var seen: [String] = []
        let store = MiniStore()
        let run = try SimulatedRun(
            options {
                $0.wire = .resp3
                $0.password = "p"
                $0.requests = 10
                $0.warmup = 0
            }
        ) { words in
            if seen.count < 5 { seen.append(words[0]) }
            return words[0] == "HELLO" ? "%1\r\n+proto\r\n:3\r\n" : store.answer(words)
        }
        #expect(run.finish())
        #expect(seen.prefix(4) == ["HELLO", "HELLO", "HELLO", "HELLO"])
        #expect(run.tally.errors == 0)
    }

    @Test func aRefusedGreetingIsReported() throws {
        let run = try SimulatedRun(options { $0.password = "p" }) { _ in "-WRONGPASS no\r\n" }
        #expect(run.finish(steps: 1000))
        #expect(run.tally.errorSamples["greeting: WRONGPASS no"] == 4)
    }

    // MARK: verification

    private func verifying(_ change: (inout BenchOptions) -> Void = { _ in }) -> BenchOptions {
        options { options in
            options.verify = true
            options.populate = true
            options.warmup = 0
            options.pipeline = 3
            options.requests = 3000
            options.valueSizes = .range(32...300)
            options.keys = 100
            options.mix = CommandMix(
                entries: [
                    .init(kind: .get, weight: 5), .init(kind: .set, weight: 3), .init(kind: .del, weight: 1),
                    .init(kind: .setex, weight: 1), .init(kind: .mget, weight: 1),
                    .init(kind: .incr, weight: 1),
                ])
            options.mgetKeys = 3
            change(&options)
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func aRightServerIsRight(seed: UInt64) throws {
        let store = MiniStore()
        let run = try SimulatedRun(verifying { $0.seed = seed }, seed: seed) { store.answer($0) }
        #expect(run.finish())
        #expect(run.tally.wrongAnswers == 0, "\(run.tally.wrongSamples)")
        #expect(run.tally.errors == 0)
    }

    @Test func whatAGreetingSaysIsNoValue() throws {
        let store = MiniStore()
        let run = try SimulatedRun(verifying { $0.wire = .resp3 }) { words in
            words[0] == "HELLO"
                ? "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n+proto\r\n:3\r\n" : store.answer(words)
        }
        #expect(run.finish())
        #expect(run.tally.wrongAnswers == 0, "\(run.tally.wrongSamples)")
    }

    /// Each kind of lie, told once in a while.
    @Test(arguments: ["stale", "other", "lost", "damaged", "counter", "list"])
    func aWrongServerIsFoundOut(lie: String) throws {
        let store = MiniStore()
        var old: [String: String] = [:]
        var count = 0
        let run = try SimulatedRun(
            verifying { options in
                // Without expiry and deletion nothing explains that a value is gone.
                options.mix.entries.removeAll { $0.kind == .setex || $0.kind == .del }
            }
        ) { words in
            if words[0] == "SET", old[words[1]] == nil { old[words[1]] = words[2] }
            count += 1
            let right = store.answer(words)
            guard count > 2000, count % 10 == 0 else { return right }
            switch (lie, words[0]) {
            case ("stale", "GET"):
                let value = old[words[1]] ?? ""
                return "$\(value.utf8.count)\r\n\(value)\r\n"
            case ("other", "GET"): return store.answer(["GET", "key:000000000000"])
            case ("lost", "GET"): return "$-1\r\n"
            case ("damaged", "GET"): return "$40\r\n" + String(repeating: "x", count: 40) + "\r\n"
            case ("counter", "INCR"): return ":1\r\n"
            case ("list", "MGET"): return store.answer(["MGET", words[2], words[1], words[3]])
            default: return right
            }
        }
        #expect(run.finish())
        #expect(run.tally.wrongAnswers > 5, "\(lie): \(run.tally.wrongAnswers)")
        #expect(!run.tally.wrongSamples.isEmpty)
    }
}
