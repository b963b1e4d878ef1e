import Reactor
import Wire

/// The loop of one generator core: a ring, and the state that decides what goes through it. Made, run and given up on
/// its own thread. The ring is a type parameter so that tests run it over a simulated one.
struct GeneratorCore<Ring: RingDriver & ~Copyable>: ~Copyable {
    var ring: Ring
    var state: GeneratorState
    var events = EventBatch()

    init(ring: consuming Ring, state: consuming GeneratorState) {
        self.ring = ring
        self.state = state
        self.state.now = self.ring.now()
    }

    /// Runs until the state says that it is over, and gives what was counted.
    mutating func run() -> Tally {
        while state.phase != .done { turn() }
        return state.tally
    }

    /// One turn, in this order:
    ///
    /// 1. **Wait**: one enter submits the last turn's sends and waits for answers or the next moment.
    /// 2. **Take** all that has come, with one reading of the clock for all of it: when it was there, not when we got
    ///    round to it.
    /// 3. **Go on** to another phase before filling: it decides what may still be sent.
    /// 4. **Fill** free lanes last. Each reads the clock anew, so that our own work counts for nobody's latency.
    mutating func turn() {
        ring.turn(until: state.sleepUntil(), into: &events)
        state.now = ring.now()
        for index in 0..<events.count { take(events[index]) }
        state.advance()
        connect()
        while let lane = state.fillNext(ring.now()) { send(lane) }
        for index in 0..<state.greetList.count { send(state.greetList[index]) }
        state.greetList.removeAll(keepingCapacity: true)
        for index in 0..<state.closeList.count { ring.close(state.closeList[index]) }
        state.closeList.removeAll(keepingCapacity: true)
    }

    private mutating func connect() {
        for lane in state.lanesToConnect() {
            do throws(RemoteAddress.Failure) {
                let socket = try ring.connect(to: state.addresses[state.lanes[lane].endpoint])
                state.connecting(lane, socket)
            } catch {
                state.couldNotConnect(lane, error.description)
            }
        }
    }

    private mutating func take(_ event: Event) {
        guard event.kind != .woken, event.kind != .accepted, event.kind != .acceptFailed else { return }
        let lane = Int(state.laneOfSlot[Int(event.socket.slot)])
        let isOpen = state.lanes[lane].socket == event.socket && state.lanes[lane].state != .closing
        switch event.kind {
        case .received:
            let isGood =
                !isOpen || state.take(ring.bytes(of: event.buffer, count: Int(event.count)), lane: lane)
            ring.recycle(event.buffer)
            if !isGood { state.drop(lane, nil) }
        case .sent: if isOpen { state.sent(lane) }
        case .connected:
            guard isOpen else { return }
            ring.startReceiving(event.socket)
            state.connected(lane)
        case .connectFailed: if isOpen { state.drop(lane, "cannot connect: \(errorName(event.count))") }
        case .peerClosed: if isOpen { state.drop(lane, "closed by the server") }
        case .receiveFailed, .sendFailed: if isOpen { state.drop(lane, errorName(event.count)) }
        case .closed: state.closed(lane)
        case .woken, .accepted, .acceptFailed, .fileOpened, .fileRead, .fileWritten, .fileSynced,
            .fileClosed, .fileAllocated, .fileCut, .fileRenamed, .fileRemoved:
            break
        }
    }
}
