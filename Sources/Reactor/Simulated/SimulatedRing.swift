import Glibc

/// A ring in a `SimulatedWorld`: the same protocol, no kernel, no waiting.
///
/// A turn returns at once; if it had nothing to do, the world's clock has to be moved or a peer has to act.
/// Recycled buffers are overwritten, so that a loop that reads one too late reads nonsense.
@safe
public struct SimulatedRing: RingDriver, ~Copyable {
    let world: SimulatedWorld
    let core: Int
    // Unsafe because borrowed out as spans: a reference-counted array could not lend one through `self`.
    private let memory: UnsafeMutableRawPointer
    private var freeBuffers: [UInt16]
    private var onLoan: Set<UInt16> = []
    private var freeSlots: [UInt32] = []
    private var generations: [UInt32] = []
    var openFiles: [FileID: SimulatedFile] = [:]
    var fileGenerations: [UInt32] = []
    var freeFiles: [UInt32] = []

    /// Nothing is counted here: tests look at the world.
    public var counters: RingCounters { RingCounters() }

    /// What a recycled buffer is filled with.
    public static var poison: UInt8 { 0xDB }

    /// The ring of one core of a world.
    public init(_ world: SimulatedWorld, core: Int) {
        precondition(core < world.configuration.cores, "the world has fewer cores")
        self.world = world
        self.core = core
        unsafe memory = .allocate(
            byteCount: world.configuration.bufferCount * world.configuration.bufferSize, alignment: 64)
        freeBuffers = (0..<UInt16(world.configuration.bufferCount)).map { $0 }
        world.cores[core].buffersFree = freeBuffers.count
    }

    deinit { unsafe memory.deallocate() }

    /// How peers name this ring.
    public var wakeHandle: WakeHandle { WakeHandle(rawValue: Int32(core)) }

    /// Until when this core would wait if it had to: what its last turn was given.
    public var nextDeadline: Instant? { world.cores[core].deadline }

    /// Buffers that the loop holds: 0 between turns in a loop that gives back what it takes.
    public var buffersOnLoan: Int { onLoan.count }

    // MARK: the protocol

    /// Takes in what has happened; never waits.
    public mutating func turn(until deadline: Instant?, into events: inout EventBatch) {
        events.removeAll()
        world.cores[core].deadline = deadline
        world.cores[core].hasTurned = true
        submit()
        if world.cores[core].woken {
            world.cores[core].woken = false
            add(Event(.woken), to: &events)
        }
        accept(into: &events)
        progressFiles(into: &events)
        let count = world.cores[core].sockets.count
        let first = world.random.below(count)
        for step in 0..<count where !events.isFull {
            progress(slot: (first + step) % count, into: &events)
        }
        world.cores[core].buffersFree = freeBuffers.count
    }

    /// The world's clock.
    public func now() -> Instant { world.now }

    /// The world's calendar.
    public func wallClockNanos() -> Int64 { world.wallClockMillis &* 1_000_000 }

    /// Accepts what connects to the listener `index`; the descriptor means nothing here.
    public mutating func listen(on descriptor: Int32, index: Int) {
        world.cores[core].listeners[index] = true
    }

    /// Accepts no more there.
    public mutating func stopListening(index: Int) { world.cores[core].listeners[index] = false }

    /// Not for descriptors: a simulated connection comes from `SimulatedWorld.connect`.
    public mutating func adopt(_ descriptor: Int32) -> SocketID { adopt(SimulatedPeer()) }

    /// Connects to a peer of the test's, which finds it in `SimulatedWorld.dialled`.
    public mutating func connect(to address: RemoteAddress) throws(RemoteAddress.Failure) -> SocketID {
        let peer = SimulatedPeer()
        let socket = adopt(peer)
        world.cores[core].sockets[Int(socket.slot)]?.connecting = true
        world.cores[core].dialled.append((address, peer))
        return socket
    }

    /// Lets bytes flow.
    public mutating func startReceiving(_ socket: SocketID) { resumeReceiving(socket) }

    /// Stops the flow; one more piece may come.
    public mutating func pauseReceiving(_ socket: SocketID) {
        let slot = open(socket)
        guard let paused = world.cores[core].sockets[slot], paused.receiving else { return }
        world.cores[core].sockets[slot]?.receiving = false
        world.cores[core].sockets[slot]?.lastPiece = world.random.once(in: 2)
    }

    /// Lets bytes flow again.
    public mutating func resumeReceiving(_ socket: SocketID) {
        let slot = open(socket)
        world.cores[core].sockets[slot]?.receiving = true
        world.cores[core].sockets[slot]?.lastPiece = false
    }

    /// The bytes of a received buffer.
    @_lifetime(borrow self)
    public func bytes(of buffer: BufferID, count: Int) -> RawSpan {
        precondition(onLoan.contains(buffer.rawValue), "the buffer is not on loan")
        precondition(count <= world.configuration.bufferSize, "more bytes than a receive buffer holds")
        let start = unsafe UnsafeRawPointer(memory + Int(buffer.rawValue) * world.configuration.bufferSize)
        return unsafe _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }

    /// Does nothing: a simulated ring has few buffers.
    public mutating func trim() {}

    /// Gives a buffer back; its bytes are gone.
    public mutating func recycle(_ buffer: BufferID) {
        precondition(onLoan.remove(buffer.rawValue) != nil, "a receive buffer is given back once")
        let start = unsafe memory + Int(buffer.rawValue) * world.configuration.bufferSize
        unsafe start.initializeMemory(
            as: UInt8.self, repeating: Self.poison, count: world.configuration.bufferSize)
        freeBuffers.append(buffer.rawValue)
        world.cores[core].buffersFree = freeBuffers.count
    }

    /// Sends; the bytes go as the peer has room for them.
    public mutating func send(_ socket: SocketID, _ bytes: UnsafeRawBufferPointer, isAwaited: Bool) {
        let slot = open(socket)
        precondition(unsafe !bytes.isEmpty, "a send of nothing would look like a failure")
        precondition(world.cores[core].sockets[slot]?.sendPending == false, "one send in flight per socket")
        world.cores[core].sockets[slot]?.sendPending = true
        unsafe world.cores[core].sockets[slot]?.sending = Array(bytes)
        unsafe world.cores[core].sockets[slot]?.borrowed = bytes
        world.cores[core].sockets[slot]?.sentCount = 0
        world.cores[core].sends.append(socket.slot)
    }

    /// Half close towards the peer.
    public mutating func shutdownWrite(_ socket: SocketID) {
        let slot = open(socket)
        precondition(world.cores[core].sockets[slot]?.sendPending == false, "a send is in flight")
        world.cores[core].sockets[slot]?.peer.sawEnd = true
    }

    /// Closes; `.closed` comes in one of the next turns.
    public mutating func close(_ socket: SocketID) {
        let slot = open(socket)
        world.cores[core].sockets[slot]?.closing = true
        world.cores[core].sockets[slot]?.closeDelay = world.random.below(3)
    }

    /// None: calls on it fail as on a closed one.
    public func descriptor(of socket: SocketID) -> Int32 { -1 }

    /// Wakes another core of the world, with the next turn.
    public mutating func wake(_ peer: WakeHandle) { world.cores[core].wakes.append(peer.rawValue) }

    // MARK: what a turn does

    private mutating func submit() {
        for peer in world.cores[core].wakes { world.cores[Int(peer)].woken = true }
        world.cores[core].wakes.removeAll()
        for slot in world.cores[core].sends { world.cores[core].sockets[Int(slot)]?.sendSubmitted = true }
        world.cores[core].sends.removeAll()
    }

    private mutating func accept(into events: inout EventBatch) {
        for index in world.cores[core].listeners.keys.sorted()
        where world.cores[core].listeners[index] == true {
            while !events.isFull, let peer = world.cores[core].backlog[index]?.first {
                world.cores[core].backlog[index]?.removeFirst()
                add(Event(.accepted, adopt(peer), count: Int32(index)), to: &events)
            }
        }
    }

    private mutating func adopt(_ peer: SimulatedPeer) -> SocketID {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(generations.count)
            generations.append(1)
            world.cores[core].sockets.append(nil)
        }
        let id = SocketID(slot: slot, generation: generations[Int(slot)])
        world.cores[core].sockets[Int(slot)] = unsafe SimulatedSocket(id: id, peer: peer)
        peer.socket = id
        return id
    }

    /// At most one event of each kind for one socket.
    private mutating func progress(slot: Int, into events: inout EventBatch) {
        guard var socket = world.cores[core].sockets[slot] else { return }
        if socket.closing {
            socket.closeDelay -= 1
            guard socket.closeDelay < 0 else {
                world.cores[core].sockets[slot] = socket
                return
            }
            socket.peer.sawEnd = true
            socket.peer.isClosed = true
            generations[slot] = nextGeneration(generations[slot])
            freeSlots.append(UInt32(slot))
            world.cores[core].sockets[slot] = nil
            add(Event(.closed, socket.id), to: &events)
            return
        }
        if socket.connecting {
            socket.connecting = false
            world.cores[core].sockets[slot] = socket
            let refused = world.refusesConnections || socket.peer.isReset
            add(
                refused
                    ? Event(.connectFailed, socket.id, count: ECONNREFUSED) : Event(.connected, socket.id),
                to: &events)
            return
        }
        progressSend(&socket, into: &events)
        if !events.isFull { progressReceive(&socket, into: &events) }
        world.cores[core].sockets[slot] = socket
    }

    private mutating func progressSend(_ socket: inout SimulatedSocket, into events: inout EventBatch) {
        guard socket.sendSubmitted else { return }
        if socket.peer.isReset {
            (socket.sendSubmitted, socket.sendPending) = (false, false)
            add(Event(.sendFailed, socket.id, count: EPIPE), to: &events)
            return
        }
        let count = min(socket.peer.room, socket.sending.count - socket.sentCount)
        let piece = socket.sending[socket.sentCount..<(socket.sentCount + count)]
        socket.peer.arrived.append(contentsOf: piece)
        world.record(core, sent: piece)
        socket.sentCount += count
        guard socket.sentCount == socket.sending.count else { return }
        precondition(
            unsafe socket.borrowed.elementsEqual(socket.sending),
            "the bytes of a send changed while it was in flight")
        (socket.sendSubmitted, socket.sendPending) = (false, false)
        add(Event(.sent, socket.id), to: &events)
    }

    private mutating func progressReceive(_ socket: inout SimulatedSocket, into events: inout EventBatch) {
        guard (socket.receiving || socket.lastPiece) && !socket.endReported else { return }
        if socket.peer.isReset {
            socket.endReported = true
            add(Event(.receiveFailed, socket.id, count: ECONNRESET), to: &events)
            return
        }
        guard !socket.peer.outgoing.isEmpty else {
            guard socket.peer.isFinished && socket.receiving else { return }
            socket.endReported = true
            add(Event(.peerClosed, socket.id), to: &events)
            return
        }
        guard !freeBuffers.isEmpty else { return }
        socket.lastPiece = false
        let most = min(socket.peer.outgoing.count, world.configuration.bufferSize)
        let count =
            world.configuration.cutsStreams && world.random.once(in: 2) ? 1 + world.random.below(most) : most
        let buffer = freeBuffers.removeFirst()
        onLoan.insert(buffer)
        let start = unsafe memory + Int(buffer) * world.configuration.bufferSize
        for (offset, byte) in socket.peer.outgoing.prefix(count).enumerated() {
            unsafe start.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        }
        socket.peer.outgoing.removeFirst(count)
        add(Event(.received, socket.id, buffer: BufferID(rawValue: buffer), count: Int32(count)), to: &events)
    }

    private func add(_ event: Event, to events: inout EventBatch) {
        world.record(core, event)
        events.append(event)
    }

    private func open(_ socket: SocketID) -> Int {
        let slot = Int(socket.slot)
        precondition(slot < world.cores[core].sockets.count, "no such socket")
        guard let found = world.cores[core].sockets[slot], found.id == socket else {
            preconditionFailure("the socket is closed")
        }
        precondition(!found.closing, "the socket is being closed")
        return slot
    }
}
