import CShims
import Glibc

extension IORing {
    /// Sends a byte to ourselves and sees it arrive by multishot receive in a buffer of the ring.
    ///
    /// A kernel can know all the names and yet lack the meaning (multishot receives came after the operation whose
    /// flag they are, and not every io_uring is Linux's). Better one clear line at start than connections that
    /// never answer.
    static func proveReceiving(allowing setup: RingSetup = .best) throws(RingError) {
        var pair: (Int32, Int32) = (-1, -1)
        let made = unsafe withUnsafeMutablePointer(to: &pair) { pair in
            unsafe pair.withMemoryRebound(to: Int32.self, capacity: 2) { pair in
                unsafe socketpair(
                    AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, pair)
            }
        }
        guard made == 0 else { throw RingError.setupFailed(EMFILE, MachineFacts.read()) }
        defer { _ = Glibc.close(pair.1) }
        var ring = try IORing(unproven: .proof, allowing: setup)
        let socket = ring.adopt(pair.0)
        ring.startReceiving(socket)
        var byte: UInt8 = 1
        _ = unsafe Glibc.send(pair.1, &byte, 1, Int32(MSG_NOSIGNAL))

        var events = EventBatch(capacity: 4)
        var arrived = false
        var closed = false
        let limit = ring.now().advanced(byMillis: 1000)
        while !closed && ring.now() < limit {
            ring.turn(until: limit, into: &events)
            for index in 0..<events.count {
                switch events[index].kind {
                case .received:
                    arrived = true
                    ring.recycle(events[index].buffer)
                    ring.close(socket)
                case .closed: closed = true
                case .receiveFailed, .peerClosed: ring.close(socket)
                default: break
                }
            }
        }
        guard arrived && closed else { throw RingError.missing("multishot receives") }
    }
}
