import BasicContainers
import Keyspace
import Reactor

@testable import Node

/// A whole node on one thread: every core's loop over a simulated ring, one turn at a time in an order that the seed
/// decides. The same seed and the same test give the same trace.
final class NodeHarness {
    let world: SimulatedWorld
    let node: NodeContext
    private(set) var cores = UniqueArray<Core<SimulatedRing>>()
    /// Until when each core sleeps unless it is woken.
    private var deadlines: [Instant]

    /// - Parameter tune: changes the settings of every core before it starts.
    init(
        seed: UInt64, cores count: Int, corePorts: Bool = false, bufferSize: Int = 256,
        cutsStreams: Bool = true, disk: SimulatedDisk = SimulatedDisk(),
        tune: (inout CoreTuning) -> Void = { _ in }
    ) throws {
        var configuration = SimulatedWorld.Configuration()
        configuration.cores = count
        configuration.bufferSize = bufferSize
        configuration.cutsStreams = cutsStreams
        world = SimulatedWorld(seed: seed, configuration, disk: disk)
        deadlines = Array(repeating: .past, count: count)
        node = NodeContext(
            coreCount: count, identity: .new(coreCount: count), store: SettingsStore(),
            sink: try Self.sink.get(),
            corePorts: corePorts ? (0..<count).map { UInt16(7001 + $0) } : [], disk: disk)
        var tuning = CoreTuning()
        tuning.isProtected = false
        tune(&tuning)
        for index in 0..<count { cores.append(try core(CoreID(index), tuning)) }
    }

    private static let sink = Result { try LogSink(path: "/dev/null", format: .plain, level: .warning) }

    private struct NoShard: Error {}

    private func core(_ id: CoreID, _ tuning: CoreTuning) throws -> Core<SimulatedRing> {
        var memory = ShardConfiguration(hashSeed: (1, 2), startMicros: 1)
        memory.arenaBytes = 1 << 30
        memory.hugePages = false
        guard let shard = Shard(memory) else { throw NoShard() }
        let state = CoreState(id: id, node: node, shard: shard, tuning: tuning)
        var core = Core(ring: SimulatedRing(world, core: id.index), state: state)
        core.state.peers = (0..<node.coreCount).map { WakeHandle(rawValue: Int32($0)) }
        for door in [ListenerIndex.main, .corePort] {
            core.ring.listen(on: -1, index: door.listener(address: 0))
        }
        return core
    }

    /// Has the cores repeat the log of the simulated disk and go on with it, as at the start of a node.
    func startLog() {
        var settings = Settings(SettingsStore())
        settings.log.isOn = true
        let start = LogStart.prepare(settings, node.logFolder, node.disk, node.logger)
        guard let start else {
            let inspector = LogInspector(
                folder: node.logFolder.path, names: node.logFolder.names, singlePath: "-", disk: node.disk)
            let report = inspector.inspect(wantsLog: true, loadsTruncated: true, snapshot: .none)
            preconditionFailure("the log is refused: \(report.findings) \(report.problems)")
        }
        node.logStart.withLock { $0 = start }
        for index in 0..<cores.count { cores[index].state.beginStart() }
    }

    // MARK: Running

    /// A client of this core's main port, or of its own.
    func connect(core: Int, door: ListenerIndex = .main) -> SimulatedPeer {
        world.connect(core: core, listener: door.listener(address: 0))
    }

    /// One turn of one core that has something to do. False if nobody has.
    @discardableResult
    func step() -> Bool {
        let runnable = (0..<cores.count).filter { world.isRunnable(core: $0) || deadlines[$0] <= world.now }
        guard !runnable.isEmpty else { return false }
        let index = runnable[world.random.below(runnable.count)]
        cores[index].turn()
        // It goes to sleep at once, as it would in its next turn: so a wake-up that is lost stays lost.
        deadlines[index] = cores[index].state.deadlineOfSleep()
        return true
    }

    /// Turns until nobody has anything to do, without moving the clock. False if that does not end.
    @discardableResult
    func settle(turns limit: Int = 20_000) -> Bool {
        for _ in 0..<limit where !step() { return true }
        return false
    }

    /// Lets time pass, in steps, with all the work that it brings.
    func wait(millis: Int) {
        for _ in 0..<(millis / 50 + 1) {
            world.advance(byMillis: 50)
            settle()
        }
    }

    /// A core takes new settings, as by CONFIG SET.
    func retune(_ core: Int, _ tuning: CoreTuning) {
        cores[core].state.take(tuning)
        deadlines[core] = .past
    }

    /// Sends requests and returns what has been answered when the node has come to rest.
    func ask(_ peer: SimulatedPeer, _ requests: [String]...) -> String {
        for request in requests { peer.send(RequestText.bytes(request)) }
        settle()
        return String(decoding: peer.read(), as: UTF8.self)
    }

    /// What a node at rest must not hold, in sentences.
    var leftOvers: [String] {
        var sentences: [String] = []
        for index in 0..<cores.count {
            if cores[index].ring.buffersOnLoan > 0 { sentences.append("core \(index) holds receive buffers") }
            if !cores[index].state.ordering.locks.isIdle { sentences.append("core \(index) holds locks") }
            if !cores[index].state.ordering.present.isEmpty {
                sentences.append("core \(index) has calls present")
            }
            if !cores[index].state.gatherings.underWay.isEmpty { sentences.append("core \(index) gathers") }
            if !cores[index].state.control.rounds.isEmpty { sentences.append("core \(index) asks") }
        }
        return sentences
    }

    /// The sum of a figure over all cores.
    func sum(_ figure: (borrowing CoreState) -> UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for index in 0..<cores.count { sum += figure(cores[index].state) }
        return sum
    }
}

/// Requests as bytes.
enum RequestText {
    static func bytes(_ arguments: [String]) -> [UInt8] {
        var bytes = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments { bytes += Array("$\(argument.utf8.count)\r\n\(argument)\r\n".utf8) }
        return bytes
    }
}
