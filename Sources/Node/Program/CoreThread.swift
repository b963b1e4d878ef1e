import Keyspace
import Logging
import Reactor

/// Runs one core on its thread, from making the ring to the last connection.
struct CoreThread: Sendable {
    let id: CoreID
    let node: NodeContext
    let settings: Settings
    /// Listening descriptors of this core, by door.
    let listeners: [(door: ListenerIndex, descriptor: Int32)]
    let hashSeed: HashSeed
    let start: StartGate

    /// The body of the thread.
    func run() {
        do {
            var core = try makeCore()
            start.report(id, .running(core.ring.wakeHandle, core.ring.features))
            guard start.waitForAll() else { return }
            core.state.peers = start.wakeHandles
            for listener in listeners {
                core.ring.listen(on: listener.descriptor, index: listener.door.rawValue)
            }
            core.loop()
        } catch {
            start.report(id, .failed(error.description))
        }
    }

    private func makeCore() throws(RingError) -> Core<IORing> {
        let ring = try IORing(settings.ringConfiguration)
        let shard = Shard(settings.shardConfiguration(seed: hashSeed, coreCount: node.coreCount))
        let state = CoreState(id: id, node: node, shard: shard, tuning: CoreTuning(settings))
        return Core(ring: ring, state: state)
    }
}

extension Core where Ring: ~Copyable {
    /// Turns until the node stops, then until what is in flight is finished.
    mutating func loop() {
        while !state.node.isStopping.load(ordering: .relaxed) { turn() }
        drain()
    }

    /// Accepts nothing more, answers what has been asked, closes everybody, within `shutdown-timeout`.
    private mutating func drain() {
        for index in 0..<3 { ring.stopListening(index: index) }
        let end = ring.now().advanced(byMillis: UInt64(state.tuning.shutdownSeconds) * 1000)
        state.isStopping = true
        while ring.now() < end {
            turn()
            state.closeIdleConnections()
            if state.connectionCount == 0 && state.outbox.isEmpty { break }
        }
        // One turn more: what the last one asked for still has to reach the kernel.
        turn()
        state.node.cores[state.id.index].isRunning.store(false, ordering: .releasing)
    }
}
