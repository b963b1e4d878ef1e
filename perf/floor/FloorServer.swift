import Glibc
import Reactor
import Wire

/// One ring, one listener, and the connections by slot.
@safe
struct FloorServer: ~Copyable {
    var ring: IORing
    private var events = EventBatch(capacity: 512)
    // Unsafe because an array cannot hold what cannot be copied; slots come from the ring and are checked.
    private let connections: UnsafeMutablePointer<FloorConnection>
    private static var connectionsMax: Int { 32_768 }
    private let value: ByteBuffer
    private var ranges: [ArgumentRange] = []
    private var operations: UInt64 = 0
    /// Sockets that received in this turn: their replies are sent at its end.
    private var touched: [SocketID] = []

    init(port: UInt16, valueBytes: Int, _ configuration: RingConfiguration) throws {
        let listener = try Listener.tcp(host: "127.0.0.1", port: port)
        ring = try IORing(configuration)
        unsafe connections = .allocate(capacity: Self.connectionsMax)
        var value = ByteBuffer()
        value.append(UInt8(ascii: "x"), repeating: valueBytes)
        self.value = value
        ring.listen(on: listener, index: 0)
    }

    /// Serves for ever.
    mutating func run() {
        while true {
            ring.turn(until: nil, into: &events)
            for index in 0..<events.count { handle(events[index]) }
            for socket in touched { flush(socket) }
            touched.removeAll(keepingCapacity: true)
        }
    }

    private mutating func handle(_ event: Event) {
        let slot = Int(event.socket.slot)
        switch event.kind {
        case .accepted:
            precondition(slot < Self.connectionsMax, "more connections than the floor has room for")
            unsafe (connections + slot).initialize(to: FloorConnection())
            ring.startReceiving(event.socket)
        case .received:
            received(event, slot)
        case .sent:
            unsafe connections[slot].inFlight.removeAll()
            unsafe connections[slot].isSending = false
            flush(event.socket)
        case .peerClosed, .receiveFailed, .sendFailed:
            unsafe connections[slot].isSending = false
            close(event.socket, slot)
        case .closed:
            unsafe (connections + slot).deinitialize(count: 1)
        case .acceptFailed, .woken, .connected, .connectFailed, .fileOpened, .fileRead, .fileWritten,
            .fileSynced, .fileClosed, .fileAllocated, .fileCut, .fileRenamed, .fileRemoved:
            break
        }
    }

    private mutating func received(_ event: Event, _ slot: Int) {
        if unsafe !connections[slot].isClosing {
            let good = unsafe connections[slot].take(
                ring.bytes(of: event.buffer, count: Int(event.count)), &ranges, value, &operations)
            if unsafe good && !connections[slot].isTouched {
                unsafe connections[slot].isTouched = true
                touched.append(event.socket)
            }
            ring.recycle(event.buffer)
            if !good { close(event.socket, slot) }
            if unsafe connections[slot].wantsCounters { report(slot) }
        } else {
            ring.recycle(event.buffer)
        }
    }

    private mutating func flush(_ socket: SocketID) {
        let slot = Int(socket.slot)
        unsafe connections[slot].isTouched = false
        guard unsafe connections[slot].swapForSend() else { return }
        unsafe ring.send(socket, connections[slot].inFlight.unsafeBytes, isAwaited: false)
    }

    private mutating func close(_ socket: SocketID, _ slot: Int) {
        guard unsafe !connections[slot].isClosing else { return }
        unsafe connections[slot].isClosing = true
        ring.close(socket)
    }

    /// Answers COUNTERS: what the measurements divide.
    private func report(_ slot: Int) {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(0), &usage)
        unsafe connections[slot].wantsCounters = false
        unsafe connections[slot].replies.bulk(
            "operations:\(operations) turns:\(ring.counters.turns) enters:\(ring.counters.enters) "
                + "rearms:\(ring.counters.rearms) starvations:\(ring.counters.starvations) "
                + "overflows:\(ring.counters.overflows) short:\(ring.counters.shortSends) "
                + "user:\(usage.ru_utime.tv_sec * 1_000_000 + usage.ru_utime.tv_usec) "
                + "system:\(usage.ru_stime.tv_sec * 1_000_000 + usage.ru_stime.tv_usec)")
    }
}
