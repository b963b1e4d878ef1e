import Reactor
import Testing
import Wire

@testable import Bench

@Suite struct ClusterTests {
    private func options(_ change: (inout BenchOptions) -> Void = { _ in }) -> BenchOptions {
        var options = BenchOptions()
        options.cluster = true
        options.connections = 4
        options.keys = 1000
        options.warmup = 0
        change(&options)
        return options
    }

    @Test func aClusterGetsWhatItServesAndMovedIsFollowed() throws {
        let both = try table([(0, 8191, 7000), (8192, 16383, 7001)])
        let swapped = try table([(0, 8191, 7001), (8192, 16383, 7000)])
        var current = both
        var wrong = 0
        let store = MiniStore()
        let run = try SimulatedRun(
            options {
                $0.populate = true
                $0.pipeline = 4
                $0.requests = 4000
                $0.keys = 500
            }, table: both
        ) { store.answer($0) }
        var steps = 0
        while run.core.state.phase != .done, steps < 100_000 {
            // The server does not know by which connection a request came; the table does.
            run.answer = { store.answer($0) }
            steps += 1
            if steps == 200 { current = swapped }
            let isMoved = current != both && run.board.mapVersion.load(ordering: .relaxed) == 1
            if isMoved {
                run.answer = { words in
                    wrong += 1
                    return "-MOVED \(Slot.of(key: words[1].utf8.span.raw).rawValue) 127.0.0.1:7000\r\n"
                }
            }
            run.step()
            if run.board.wantsMap.exchange(false, ordering: .relaxed), isMoved, wrong > 20 {
                try run.publish(swapped)
            }
        }
        #expect(run.core.state.phase == .done)
        #expect(wrong > 20 && run.tally.moved == UInt64(wrong))
        #expect(run.tally.errors == 0, "\(run.tally.errorSamples)")
        #expect(Summary(run.core.state.plan.options, [run.tally]).operations == 4000)
        // Four connections to each of two endpoints.
        #expect(run.world.dialled(core: 0).count == 8)
    }

    @Test func everyRequestGoesToTheServerOfItsSlot() throws {
        let table = try table([(0, 99, 7000), (100, 16383, 7001)])
        var misplaced = 0
        let store = MiniStore()
        let run = try SimulatedRun(
            options {
                $0.requests = 2000
            }, table: table
        ) { store.answer($0) }
        #expect(run.finish())
        for (index, dialled) in run.world.dialled(core: 0).enumerated() {
            let share = Double(run.requests[index] ?? 0)
            // 100 of 16384 slots: the small server gets about twelve of two thousand requests.
            if dialled.address.description.hasSuffix(":7000"), share > 40 { misplaced += 1 }
        }
        #expect(misplaced == 0)
        #expect(run.requests.values.reduce(0, +) == 2000)
    }

    // MARK: slots on their way

    private let halves = [(0, 8191, 7000), (8192, 16383, 7001)]

    /// A cluster of two servers whose slots below 4096 are on their way to a third, which is in no map: every other of
    /// them has arrived there.
    private final class Migration {
        let store = MiniStore()
        /// Connections that have said ASKING and nothing behind it.
        var asking: Set<Int> = []
        var asks = 0
        /// Requests that came to the third server without ASKING.
        var astray = 0
        /// The third server owns them now.
        var isOver = false

        func answer(_ words: [String], to server: String, on connection: Int) -> String {
            if words[0] == "ASKING" {
                asking.insert(connection)
                return "+OK\r\n"
            }
            let isAsking = asking.remove(connection) != nil
            let slot = Slot.of(key: words[1].utf8.span.raw).rawValue
            let isThere = isOver ? slot < 4096 : slot < 4096 && slot % 2 == 0
            if server.hasSuffix(":7000"), isThere {
                if isOver { return "-MOVED \(slot) 127.0.0.1:7002\r\n" }
                asks += 1
                return "-ASK \(slot) 127.0.0.1:7002\r\n"
            }
            if server.hasSuffix(":7002"), !isOver, !isAsking || !isThere {
                astray += 1
                return "-MOVED \(slot) 127.0.0.1:7000\r\n"
            }
            return store.answer(words)
        }
    }

    /// Runs to the end, with somebody who gives out maps.
    private func finish(_ run: SimulatedRun, map: () throws -> SlotTable) throws -> Bool {
        for _ in 0..<200_000 {
            if run.core.state.phase == .done { return true }
            run.step()
            if run.board.wantsMap.exchange(false, ordering: .relaxed) { try run.publish(try map()) }
        }
        return false
    }

    @Test(arguments: [1, 4, 16], [1, 2, 3] as [UInt64])
    func askIsFollowedAndNothingIsWrong(pipeline: Int, seed: UInt64) throws {
        let migration = Migration()
        let map = try table(halves)
        let run = try SimulatedRun(
            options {
                $0.populate = true
                $0.verify = true
                $0.pipeline = pipeline
                $0.requests = 4000
                $0.mix = CommandMix(
                    entries: [
                        .init(kind: .get, weight: 2), .init(kind: .set, weight: 1),
                        .init(kind: .del, weight: 1),
                    ])
            }, seed: seed, table: map
        ) { _ in nil }
        run.answer = { [unowned run] in migration.answer($0, to: run.server, on: run.connection) }
        #expect(try finish(run) { map })
        #expect(migration.asks > 300 && run.tally.asked == UInt64(migration.asks))
        #expect(migration.astray == 0 && run.tally.moved == 0)
        #expect(run.tally.errors == 0, "\(run.tally.errorSamples)")
        #expect(run.tally.wrongAnswers == 0, "\(run.tally.wrongSamples)")
        #expect(Summary(run.core.state.plan.options, [run.tally]).operations == 4000)
        // Four connections to each of three servers.
        #expect(run.world.dialled(core: 0).count == 12)
    }

    @Test func aMoveThatEndsIsFollowedToTheEnd() throws {
        let migration = Migration()
        let before = try table(halves)
        let after = try table([(0, 4095, 7002), (4096, 8191, 7000), (8192, 16383, 7001)])
        let run = try SimulatedRun(
            options {
                $0.populate = true
                $0.verify = true
                $0.requests = 8000
            }, table: before
        ) { _ in nil }
        run.answer = { [unowned run] in
            migration.isOver = run.tally.asked >= 500
            return migration.answer($0, to: run.server, on: run.connection)
        }
        #expect(try finish(run) { migration.isOver ? after : before })
        #expect(run.tally.asked >= 500 && run.tally.moved > 0)
        #expect(run.tally.errors == 0, "\(run.tally.errorSamples)")
        #expect(run.tally.wrongAnswers == 0, "\(run.tally.wrongSamples)")
    }

    @Test func serversThatSendARequestToAndFroAreNotFollowedForever() throws {
        let map = try table([(0, 16383, 7000)])
        let run = try SimulatedRun(options { $0.requests = 20 }, table: map) { _ in nil }
        run.answer = { [unowned run] words in
            if words[0] == "ASKING" { return "+OK\r\n" }
            return run.server.hasSuffix(":7000") ? "-ASK 1 127.0.0.1:7002\r\n" : "-MOVED 1 127.0.0.1:7000\r\n"
        }
        #expect(try finish(run) { map })
        #expect(run.tally.errors == 20, "\(run.tally.errorSamples)")
        #expect(run.tally.asked + run.tally.moved == 20 * UInt64(GeneratorState.redirectsMax))
    }

    @Test func anAskThatMakesNoSenseIsAnError() throws {
        let map = try table([(0, 16383, 7000)])
        let run = try SimulatedRun(options { $0.requests = 20 }, table: map) { _ in "-ASK somewhere else\r\n"
        }
        #expect(try finish(run) { map })
        #expect(run.tally.errorSamples == ["ASK somewhere else": 20])
    }

    private func table(_ ranges: [(Int, Int, Int)]) throws -> SlotTable {
        let reply = Reply.array(
            ranges.map { first, last, port in
                .array([
                    .integer(Int64(first)), .integer(Int64(last)),
                    .array([.bulk(Array("127.0.0.1".utf8)), .integer(Int64(port))]),
                ])
            })
        return try #require(SlotTable(reply, asked: "127.0.0.1"))
    }
}
