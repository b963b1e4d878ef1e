import Reactor
import Wire

@testable import Bench

/// One generator core in a simulated world, with a server that a test plays: everything on one thread, time by hand.
final class SimulatedRun {
    let world: SimulatedWorld
    let board: RunBoard
    var core: GeneratorCore<SimulatedRing>
    /// Answers a request's words; nil says nothing (yet).
    var answer: ([String]) -> String?
    private var parsers: [Int: [UInt8]] = [:]
    /// While `answer` runs: which connection asks, and whom it dialled.
    private(set) var connection = 0
    private(set) var server = ""
    /// Requests seen, by connection.
    var requests: [Int: Int] = [:]
    /// While true the server reads nothing.
    var isStalled = false

    init(
        _ options: BenchOptions, seed: UInt64 = 1, table: SlotTable? = nil,
        answer: @escaping ([String]) -> String?
    ) throws {
        world = SimulatedWorld(seed: seed)
        let only = SlotTable(only: .init(host: options.host, port: options.port))
        board = RunBoard(try MapSource.map(table ?? only), cores: 1)
        core = GeneratorCore(
            ring: SimulatedRing(world, core: 0),
            state: GeneratorState(try Plan(options, core: 0, of: 1), board: board, run: 42))
        self.answer = answer
    }

    /// A turn of the generator, then the server answers, then `micros` pass.
    func step(micros: UInt64 = 100) {
        core.turn()
        let stage = board.cores[0].stage.load(ordering: .relaxed)
        if stage == .ready, board.startAt.load(ordering: .relaxed) == 0 {
            board.startAt.store(world.now.nanoseconds, ordering: .relaxed)
        }
        if !isStalled { serve() }
        world.advance(to: world.now.advanced(byMicros: micros))
    }

    /// Publishes a map, as the main thread would.
    func publish(_ table: SlotTable) throws {
        var table = table
        table.add(board.asked.withLock { $0 })
        let map = try MapSource.map(table)
        board.map.withLock { $0 = map }
        board.mapVersion.add(1, ordering: .relaxed)
    }

    /// Steps until the run is over. False if it is not after so many.
    func finish(steps: Int = 1_000_000, micros: UInt64 = 100) -> Bool {
        for _ in 0..<steps {
            if core.state.phase == .done { return true }
            step(micros: micros)
        }
        return false
    }

    var tally: Tally { core.state.tally }

    private func serve() {
        for (index, dialled) in world.dialled(core: 0).enumerated() {
            guard !dialled.peer.isClosed, !dialled.peer.isReset, !dialled.peer.isFinished else { continue }
            parsers[index, default: []] += dialled.peer.read()
            while let (words, length) = Self.request(parsers[index, default: []]) {
                parsers[index]?.removeFirst(length)
                requests[index, default: 0] += 1
                (connection, server) = (index, dialled.address.description)
                if let text = answer(words) { dialled.peer.send(text) }
            }
        }
    }

    private static func request(_ bytes: [UInt8]) -> ([String], Int)? {
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        guard case .request(let length) = parser.next(bytes.span.raw, limits: .default, appendingTo: &ranges)
        else {
            return nil
        }
        let words = ranges.map { range in
            String(decoding: bytes[Int(range.offset)..<Int(range.offset + range.length)], as: UTF8.self)
        }
        return (words, length)
    }
}

/// A store that answers as Redis would.
final class MiniStore {
    var values: [String: String] = [:]

    func answer(_ words: [String]) -> String {
        switch words[0] {
        case "GET": return bulk(values[words[1]])
        case "MGET": return "*\(words.count - 1)\r\n" + words.dropFirst().map { bulk(values[$0]) }.joined()
        case "SET":
            values[words[1]] = words[2]
            return "+OK\r\n"
        case "SETEX":
            values[words[1]] = words[3]
            return "+OK\r\n"
        case "DEL": return ":\(values.removeValue(forKey: words[1]) == nil ? 0 : 1)\r\n"
        case "INCR":
            let next = (Int(values[words[1]] ?? "0") ?? 0) + 1
            values[words[1]] = "\(next)"
            return ":\(next)\r\n"
        default: return "-ERR unknown command\r\n"
        }
    }

    private func bulk(_ value: String?) -> String {
        value.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"
    }
}
