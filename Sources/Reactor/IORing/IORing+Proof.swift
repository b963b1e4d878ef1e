import CShims
import Glibc

extension IORing {
    /// Sends a byte to ourselves and sees it arrive by multishot receive in a buffer of the ring. Then sends more than
    /// there is room for: true if the kernel says so of a send that was to report nothing but a failure.
    ///
    /// A kernel can know all the names and yet lack the meaning (multishot receives came after the operation whose
    /// flag they are, and not every io_uring is Linux's). Better one clear line at start than connections that
    /// never answer.
    static func prove(allowing setup: RingSetup = .best) throws(RingError) -> Bool {
        var pair: (Int32, Int32) = (-1, -1)
        let made = unsafe withUnsafeMutablePointer(to: &pair) { pair in
            unsafe pair.withMemoryRebound(to: Int32.self, capacity: 2) { pair in
                unsafe socketpair(
                    AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, pair)
            }
        }
        guard made == 0 else { throw RingError.setupFailed(EMFILE, MachineFacts.read()) }
        defer { _ = Glibc.close(pair.1) }
        // Lent to the kernel until the socket is closed.
        let lent = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { unsafe lent.deallocate() }
        unsafe lent.initializeMemory(as: UInt8.self, repeating: 0)
        var ring = try IORing(unproven: .proof, allowing: setup)
        let socket = ring.adopt(pair.0)
        ring.startReceiving(socket)
        var byte: UInt8 = 1
        _ = unsafe Glibc.send(pair.1, &byte, 1, Int32(MSG_NOSIGNAL))

        var events = EventBatch(capacity: 4)
        var arrived = false
        var closed = false
        var failureIsTold = false
        let limit = ring.now().advanced(byMillis: 1000)
        while !closed && ring.now() < limit {
            ring.turn(until: limit, into: &events)
            for index in 0..<events.count {
                switch events[index].kind {
                case .received:
                    arrived = true
                    ring.recycle(events[index].buffer)
                    failureIsTold = unsafe ring.tellsOfObstructedSend(socket, UnsafeRawBufferPointer(lent))
                    ring.close(socket)
                case .closed: closed = true
                case .receiveFailed, .peerClosed: ring.close(socket)
                default: break
                }
            }
        }
        guard arrived && closed else { throw RingError.missing("multishot receives") }
        return failureIsTold
    }

    /// Whether a silent send of more than a socket takes, which nobody reads, is still known to be under way afterwards.
    private mutating func tellsOfObstructedSend(
        _ socket: SocketID, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        var size: Int32 = 4096
        unsafe setsockopt(
            descriptor(of: socket), SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        unsafe send(socket, bytes, isAwaited: false)
        var events = EventBatch(capacity: 4)
        turn(until: .past, into: &events)
        return links[socket.slot].flags.intersection([.sending, .silent]) == .sending
    }
}
