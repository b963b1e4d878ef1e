import Wire

/// Keeps the replies of one connection in the order of its requests while some of them are computed on other
/// cores. Lives on the connection's core.
///
/// As long as nothing is awaited, replies are written straight into the connection's reply buffer and this type
/// is not touched. From the first awaited request on, every later reply gets a place in the queue:
///
///     reply buffer (in order, may be sent)      queue
///     ┌────────────────────────────┐            ┌─────────┬───────┬─────────┬───────┐
///     │ +OK  $3 foo  :1            │  ◀──drain──│ awaited │ ready │ awaited │ ready │ ◀── new requests
///     └────────────────────────────┘            └─────────┴───────┴─────────┴───────┘
///                                                 ticket n   n+1      n+2      n+3
///
/// The bytes of ready places stand in `parked`; draining moves the ready head of the queue to the reply buffer.
/// A pipeline may never let the queue run dry, so what has left it is also taken out of memory on the way, as soon
/// as it is more than what is still there.
///
/// Bound: `window` places. Replies of other cores cannot be held back once they are asked for, so a connection
/// begins with few and gets twice as many each time all have been answered; large replies make the window small.
struct ReplyOrder: ~Copyable {
    /// Above this many places a connection's further requests wait in its carry buffer, whatever the window.
    static let capacity = 4096
    private static let windowAtFirst = 16
    /// Bytes of replies that may be under way, judged by the latest.
    private static let windowBytes = 256 << 10
    /// Places, and bytes, that have left the queue and are not worth moving the others for.
    private static let placesLeftMax = 256
    private static let bytesLeftMax = 64 << 10

    /// One request's place in the queue.
    struct Place {
        var isReady: Bool
        /// False where the client has switched replies off: what comes is dropped, the place keeps the order.
        var isWanted = true
        var start: Int
        var length: Int
    }

    private var places: [Place] = []
    private var head = 0
    /// How many places there may be.
    private var window = Self.windowAtFirst
    private var headTicket: UInt32 = 0
    private var parked = ByteBuffer()
    /// While replies ahead of the queue are held back: the first ticket that they do not wait for.
    private var heldBackUntil: UInt32?
    /// Bytes of `parked` that belong to places in the queue.
    private(set) var parkedBytes = 0

    /// Bytes of memory that it holds.
    var bytesKept: Int { parked.capacity + places.capacity * MemoryLayout<Place>.stride }

    /// No reply is awaited: write straight into the reply buffer.
    var isEmpty: Bool { head == places.count }

    /// Places in the queue, awaited or ready.
    var count: Int { places.count - head }

    /// No further request may be parsed until replies have come.
    var isFull: Bool { count >= window }

    /// Whether the replies ahead of the queue should wait for those in it, to be sent together. They wait for what had been
    /// asked when they first did, not for what has been asked since: where requests never cease, the queue is never empty.
    mutating func holdsBack() -> Bool {
        if isEmpty { return false }
        let end = heldBackUntil ?? headTicket &+ UInt32(truncatingIfNeeded: count)
        let isOver = Int32(bitPattern: headTicket &- end) >= 0
        heldBackUntil = isOver ? nil : end
        return !isOver
    }

    /// Takes a place for a request that another core answers; `fulfil` names it by the ticket.
    mutating func await(isWanted: Bool = true) -> UInt32 {
        places.append(Place(isReady: false, isWanted: isWanted, start: 0, length: 0))
        return headTicket &+ UInt32(truncatingIfNeeded: count - 1)
    }

    /// Parks a reply that was written locally behind awaited ones: takes it off the end of `reply`.
    mutating func park(from reply: inout ByteBuffer, since start: Int) {
        places.append(parked(reply.bytes.extracting(start..<reply.count)))
        reply.truncate(to: start)
    }

    /// The awaited reply has come: moves it, and all that became ready behind it, to `reply` when it is its turn.
    mutating func fulfil(_ ticket: UInt32, with bytes: RawSpan, into reply: inout ByteBuffer) {
        let offset = Int(ticket &- headTicket)
        precondition(offset < count, "a reply came for a ticket that nobody awaits")
        precondition(!places[head + offset].isReady, "a reply came twice")
        let isWanted = places[head + offset].isWanted
        if bytes.byteCount * window > Self.windowBytes { window = max(1, Self.windowBytes / bytes.byteCount) }
        if offset == 0 {
            if isWanted { reply.append(bytes) }
            advance()
            drain(into: &reply)
        } else {
            places[head + offset] = parked(isWanted ? bytes : bytes.extracting(0..<0))
        }
    }

    private mutating func parked(_ bytes: RawSpan) -> Place {
        let start = parked.count
        parked.append(bytes)
        parkedBytes += bytes.byteCount
        return Place(isReady: true, start: start, length: bytes.byteCount)
    }

    private mutating func drain(into reply: inout ByteBuffer) {
        while head < places.count, places[head].isReady {
            let place = places[head]
            reply.append(parked.bytes.extracting(place.start..<(place.start + place.length)))
            parkedBytes -= place.length
            advance()
        }
        if parked.count - parkedBytes > max(Self.bytesLeftMax, parkedBytes) { compactParked() }
    }

    private mutating func advance() {
        head += 1
        headTicket &+= 1
        if head == places.count {
            head = 0
            heldBackUntil = nil
            window = min(Self.capacity, 2 * window)
            places.removeAll(keepingCapacity: places.capacity <= 64)
            parked.removeAll(keepingCapacity: parked.capacity <= 4096)
        } else if head > max(Self.placesLeftMax, count) {
            places.removeFirst(head)
            head = 0
        }
    }

    /// Keeps of `parked` only what belongs to places in the queue.
    private mutating func compactParked() {
        var kept = ByteBuffer(capacity: parkedBytes)
        // Empty replies too: their place must not point behind the end.
        for index in head..<places.count where places[index].isReady {
            let place = places[index]
            places[index].start = kept.count
            kept.append(parked.bytes.extracting(place.start..<(place.start + place.length)))
        }
        swap(&kept, &parked)
    }
}
