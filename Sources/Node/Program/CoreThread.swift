import Keyspace
import Logging
import Reactor

/// Runs one core on its thread, from making the ring to the last connection.
struct CoreThread: Sendable {
    let id: CoreID
    let cpu: CPU
    let node: NodeContext
    let settings: Settings
    /// Listening descriptors of this core, by door.
    let listeners: [Doors.Opened]
    let hashSeed: (UInt64, UInt64)
    let gate: StartGate

    /// The body of the thread.
    func run() {
        Affinity.shortenSliceOfThisThread()
        do {
            var core = try makeCore()
            gate.report(id, .running(core.ring.wakeHandle, core.ring.features))
            guard gate.waitForAll(id) else { return }
            core.state.diagnostics.ringFeatures = core.ring.features
            core.state.listenerNumbers = listeners.map(\.number)
            core.state.peers = gate.wakeHandles
            for listener in listeners { core.ring.listen(on: listener.descriptor, index: listener.number) }
            core.state.awaitsStart = true
            core.state.beginStartIfPrepared()
            core.loop()
        } catch {
            gate.report(id, .failed(error.description))
        }
    }

    private func makeCore() throws(CoreFailure) -> Core<IORing> {
        let ring: IORing
        do {
            ring = try IORing(settings.ringConfiguration)
        } catch {
            throw .noRing(error)
        }
        let memory = settings.shardConfiguration(seed: hashSeed, coreCount: node.coreCount, cpu: cpu)
        guard let shard = Shard(memory) else { throw CoreFailure.noAddressSpace(bytes: memory.arenaBytes) }
        node.usedBytesAtStart.add(shard.usedBytes, ordering: .relaxed)
        return Core(
            ring: ring, state: CoreState(id: id, node: node, shard: shard, tuning: CoreTuning(settings)))
    }
}

extension Core where Ring: ~Copyable {
    /// Turns until the node stops, then until what is in flight is finished.
    mutating func loop() {
        let node = state.node
        while !node.isStopping.load(ordering: .relaxed) { turn() }
        drain()
    }

    /// Accepts nothing more, answers what has been asked, closes everybody, within `shutdown-timeout`. A core whose own
    /// clients have gone stays until all have: those of the others may be waiting for what it owns.
    private mutating func drain() {
        for index in state.listenerNumbers { ring.stopListening(index: index) }
        let end = ring.now().advanced(byMillis: UInt64(state.tuning.shutdownSeconds) * 1000)
        state.isStopping = true
        while ring.now() < end {
            turn()
            state.closeIdleConnections()
            let isDrained = state.connectionCount == 0 && state.outbox.isEmpty
            state.panel.isDrained.store(isDrained, ordering: .releasing)
            if isDrained, state.node.isDrained { break }
        }
        finishLog()
        // One turn more: what the last one asked for still has to reach the kernel.
        turn()
    }
}
