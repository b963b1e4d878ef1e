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
/// Bound: a connection never has more places than requests it was allowed to have parsed, and stops parsing at
/// `capacity` awaited places.
struct ReplyOrder: ~Copyable {
    /// Above this many places a connection's further requests wait in its carry buffer.
    static let capacity = 16_384

    /// One request's place in the queue.
    struct Place {
        var isReady: Bool
        var start: UInt32
        var length: UInt32
    }

    private var places: [Place] = []
    private var head = 0
    private var headTicket: UInt32 = 0
    private var parked = ByteBuffer()

    /// No reply is awaited: write straight into the reply buffer.
    var isEmpty: Bool { head == places.count }

    /// Places in the queue, awaited or ready.
    var count: Int { places.count - head }

    /// Takes a place for a request that another core answers; `fulfil` names it by the ticket.
    mutating func await() -> UInt32 {
        places.append(Place(isReady: false, start: 0, length: 0))
        return headTicket &+ UInt32(truncatingIfNeeded: count - 1)
    }

    /// Parks a reply that was written locally behind awaited ones: takes it off the end of `reply`.
    mutating func park(from reply: inout ByteBuffer, since start: Int) {
        let length = reply.count - start
        places.append(
            Place(isReady: true, start: UInt32(truncatingIfNeeded: parked.count), length: UInt32(length)))
        parked.append(reply.bytes.extracting(start..<reply.count))
        reply.truncate(to: start)
    }

    /// The awaited reply has come: moves it, and all that became ready behind it, to `reply` when it is its turn.
    mutating func fulfil(_ ticket: UInt32, with bytes: RawSpan, into reply: inout ByteBuffer) {
        let offset = Int(ticket &- headTicket)
        precondition(offset < count, "a reply came for a ticket that nobody awaits")
        if offset == 0 {
            reply.append(bytes)
            advance()
            drain(into: &reply)
        } else {
            places[head + offset] = Place(
                isReady: true, start: UInt32(truncatingIfNeeded: parked.count), length: UInt32(bytes.byteCount))
            parked.append(bytes)
        }
    }

    private mutating func drain(into reply: inout ByteBuffer) {
        while head < places.count, places[head].isReady {
            let place = places[head]
            let start = Int(place.start)
            reply.append(parked.bytes.extracting(start..<(start + Int(place.length))))
            advance()
        }
    }

    private mutating func advance() {
        head += 1
        headTicket &+= 1
        guard head == places.count else { return }
        head = 0
        places.removeAll(keepingCapacity: places.capacity <= 64)
        parked.removeAll(keepingCapacity: parked.capacity <= 4096)
    }
}
