/// What the simulated rings of one test share: time, chance, connections and wake-ups. One thread.
///
/// A test makes a world, a `SimulatedRing` for each core, and peers; it runs the cores' loops one turn at a time, in
/// an order of its own, and moves the clock when nobody is runnable. Everything that a real network leaves to
/// chance is drawn from the seed: where a stream is cut, which socket comes first, how long a close takes. So the
/// same seed and the same test give the same `trace`.
public final class SimulatedWorld {
    /// The bounds of a simulated machine, small so that tests reach them.
    public struct Configuration: Sendable {
        /// Rings.
        public var cores = 1
        /// Receive buffers of each ring.
        public var bufferCount = 16
        /// Bytes in a receive buffer.
        public var bufferSize = 4096
        /// Whether streams are cut at random; otherwise a buffer is filled as far as there are bytes.
        public var cutsStreams = true

        /// One core with sixteen buffers of 4 KiB.
        public init() {}
    }

    /// The sizes.
    public let configuration: Configuration
    /// What the cores' clocks say.
    public private(set) var now: Instant
    /// What the cores' calendars say. Tests may set it back or forward.
    public var wallClockMillis: Int64
    /// Chance, for the test too.
    public var random: SimulatedRandom
    /// FNV-1a over every event and every byte sent, with core and time: equal for equal runs.
    public private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Whether connections that cores open are refused.
    public var refusesConnections = false
    /// What the cores' files are on. It may be handed on to the world after a crash.
    public let disk: SimulatedDisk

    var cores: [SimulatedCore]

    /// A world at one second past the origin of its clock, on 1 January 2026.
    public init(
        seed: UInt64, _ configuration: Configuration = Configuration(), disk: SimulatedDisk = SimulatedDisk()
    ) {
        self.disk = disk
        self.configuration = configuration
        random = SimulatedRandom(seed: seed)
        now = Instant(nanoseconds: 1_000_000_000)
        wallClockMillis = 1_767_225_600_000
        cores = (0..<configuration.cores).map { _ in SimulatedCore() }
    }

    /// Moves both clocks forward.
    public func advance(byMillis millis: Int) {
        precondition(millis >= 0, "time goes forward")
        now = now.advanced(byMillis: UInt64(millis))
        wallClockMillis += Int64(millis)
    }

    /// Moves both clocks to `instant`, or nowhere if it has passed; the calendar by whole milliseconds.
    public func advance(to instant: Instant) {
        let nanoseconds = instant.nanoseconds(since: now)
        now = now.advanced(byNanoseconds: nanoseconds)
        wallClockMillis += Int64(nanoseconds / 1_000_000)
    }

    /// The earliest deadline that a sleeping core waits for.
    public var nextDeadline: Instant? { cores.compactMap { $0.deadline }.min() }

    /// Whether a turn of this core would have something to do: an event, a submission, or its deadline.
    ///
    /// A test that runs only runnable cores finds wake-ups that are lost.
    public func isRunnable(core: Int) -> Bool {
        let state = cores[core]
        if !state.hasTurned || state.woken || !state.wakes.isEmpty || !state.sends.isEmpty { return true }
        if let deadline = state.deadline, deadline <= now { return true }
        if state.fileOperations.contains(where: { $0.due <= now }) { return true }
        if state.listeners.contains(where: { $0.value && !state.backlog[$0.key, default: []].isEmpty }) {
            return true
        }
        return state.sockets.contains { $0?.isReady(buffersFree: state.buffersFree > 0) ?? false }
    }

    /// A connection to a listener of one core.
    public func connect(core: Int, listener: Int = 0) -> SimulatedPeer {
        let peer = SimulatedPeer()
        cores[core].backlog[listener, default: []].append(peer)
        return peer
    }

    /// The connections that a core has opened, in order, with where they were meant to go.
    public func dialled(core: Int) -> [(address: RemoteAddress, peer: SimulatedPeer)] {
        cores[core].dialled
    }

    // MARK: the trace

    func record(_ core: Int, _ event: Event) {
        fold(UInt64(core))
        fold(now.nanoseconds)
        fold(UInt64(event.kind.rawValue))
        fold(UInt64(event.socket.slot) &<< 32 | UInt64(event.socket.generation))
        fold(UInt64(UInt32(bitPattern: event.count)) &<< 16 | UInt64(event.buffer.rawValue))
    }

    func record(_ core: Int, sent bytes: ArraySlice<UInt8>) {
        fold(UInt64(core))
        for byte in bytes { trace = (trace ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    private func fold(_ word: UInt64) {
        var word = word
        for _ in 0..<8 {
            trace = (trace ^ (word & 0xFF)) &* 0x100_0000_01B3
            word &>>= 8
        }
    }
}

/// One ring's side of the world.
struct SimulatedCore {
    var sockets: [SimulatedSocket?] = []
    /// Listener index to whether it accepts.
    var listeners: [Int: Bool] = [:]
    var backlog: [Int: [SimulatedPeer]] = [:]
    /// What the core has connected to.
    var dialled: [(address: RemoteAddress, peer: SimulatedPeer)] = []
    /// Another core's wake-up has arrived.
    var woken = false
    /// Wake-ups and sends asked for since the last turn: they travel with the next.
    var wakes: [Int32] = []
    var sends: [UInt32] = []
    /// What is under way on files.
    var fileOperations: [SimulatedFileOperation] = []
    var buffersFree = 0
    var deadline: Instant?
    var hasTurned = false
}

/// The node's end of a simulated connection.
@safe
struct SimulatedSocket {
    let id: SocketID
    let peer: SimulatedPeer
    var receiving = false
    /// After a pause, a kernel may still hand over what it has taken: at most one more piece.
    var lastPiece = false
    var endReported = false
    // Unsafe because it is the loop's memory, compared with the copy below when the send ends.
    var borrowed = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The bytes of the send in flight as they were when it was asked for, and how many have gone.
    var sending: [UInt8] = []
    var sentCount = 0
    var sendSubmitted = false
    var sendPending = false
    var closing = false
    /// Opened by the core; the next turn says whether it succeeded.
    var connecting = false
    /// Turns until `.closed`.
    var closeDelay = 0

    /// Whether a turn would bring an event of this socket.
    func isReady(buffersFree: Bool) -> Bool {
        if closing || connecting { return true }
        if sendSubmitted && (peer.isReset || peer.room > 0) { return true }
        guard (receiving || lastPiece) && !endReported else { return false }
        if peer.isReset { return true }
        return peer.outgoing.isEmpty ? peer.isFinished && receiving : buffersFree
    }
}
