import CShims
import Glibc

@testable import Reactor

/// A ring with a listener and a record of what happened, driven by hand on the thread of the test.
final class TestLoop {
    var ring: IORing
    var events: EventBatch
    let listener: Int32
    let port: UInt16
    /// Every event in order.
    var log: [Event] = []
    /// Bytes received, by socket.
    var received: [SocketID: [UInt8]] = [:]
    var accepted: [SocketID] = []
    /// Whether accepted sockets receive, and whether received buffers are given back at once.
    var startsReceiving = true
    var recyclesAtOnce = true
    /// Buffers not given back.
    var held: [BufferID] = []

    init(_ configuration: RingConfiguration = .small, batch: Int = 64) throws {
        ring = try IORing(configuration)
        events = EventBatch(capacity: batch)
        listener = try Listener.tcp(host: "127.0.0.1", port: 0, backlog: 4096)
        port = Listener.port(of: listener)
        ring.listen(on: listener, index: 0)
    }

    deinit { _ = close(listener) }

    /// One turn of at most `millis`; what it brought is added to the record.
    func turn(millis: UInt64 = 50) {
        ring.turn(until: ring.now().advanced(byMillis: millis), into: &events)
        for index in 0..<events.count {
            let event = events[index]
            log.append(event)
            switch event.kind {
            case .accepted:
                accepted.append(event.socket)
                if startsReceiving { ring.startReceiving(event.socket) }
            case .received:
                received[event.socket, default: []] += copy(
                    ring.bytes(of: event.buffer, count: Int(event.count)))
                if recyclesAtOnce { ring.recycle(event.buffer) } else { held.append(event.buffer) }
            default: break
            }
        }
    }

    /// Turns until `done`. Whether that came to pass within `millis`.
    @discardableResult
    func run(millis: UInt64 = 5000, until done: (TestLoop) -> Bool) -> Bool {
        let limit = ring.now().advanced(byMillis: millis)
        while !done(self) {
            if ring.now() > limit { return false }
            turn()
        }
        return true
    }

    /// Whether an event of this kind has been seen for `socket`.
    func saw(_ kind: Event.Kind, _ socket: SocketID) -> Bool {
        log.contains { $0.kind == kind && $0.socket == socket }
    }

    /// A connected client and its socket here.
    func connect(receiveBuffer: Int32? = nil) throws -> (TestClient, SocketID) {
        let before = accepted.count
        let client = try TestClient(port: port, receiveBuffer: receiveBuffer)
        guard run(until: { $0.accepted.count > before }) else { throw TestClient.Failure(errno: ETIMEDOUT) }
        return (client, accepted[before])
    }
}

extension RingConfiguration {
    static var small: RingConfiguration {
        var configuration = RingConfiguration()
        configuration.submissionEntries = 64
        configuration.completionEntries = 256
        configuration.bufferCount = 16
        configuration.bufferSize = 4096
        return configuration
    }

    static func buffers(_ count: Int, of size: Int) -> RingConfiguration {
        var configuration = RingConfiguration.small
        configuration.bufferCount = count
        configuration.bufferSize = size
        return configuration
    }
}

/// CPU time of the calling thread in milliseconds.
func threadCPUMillis() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

/// Bytes that the send under test may keep borrowed, freed by the caller.
func borrowedBytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    for index in 0..<count { unsafe bytes[index] = UInt8(truncatingIfNeeded: index &* 7 &+ index >> 8) }
    return unsafe bytes
}
