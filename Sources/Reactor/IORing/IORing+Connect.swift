import CShims
import Glibc

// A connection that we open: a socket whose first operation is CONNECT. It has a slot from the start, so that it can
// be closed before it is connected; then the connect is cancelled like any other operation in flight.
//
// The kernel reads the address when it takes the submission, in a later call than this one. So a copy lies where
// nobody moves it, held by the link (in the place of the send that there cannot be yet) until the connect ends.
extension IORing {
    /// Opens a connection; `.connected` or `.connectFailed` follows. Fails at once only for want of a descriptor.
    public mutating func connect(to address: RemoteAddress) throws(RemoteAddress.Failure) -> SocketID {
        let descriptor = socket(
            address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw RemoteAddress.Failure(
                address: address.description, errno: errno, reason: errorName(errno))
        }
        if address.family != AF_UNIX {
            _ = coronet_set_socket_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        }
        let socket = links.insert(descriptor)
        let copy = UnsafeMutablePointer<sockaddr_storage>.allocate(capacity: 1)
        unsafe copy.initialize(to: address.storage)
        unsafe links[socket.slot].unsent = UnsafeRawPointer(copy)
        links[socket.slot].flags.insert(.connecting)

        let entry = unsafe nextSubmission()
        unsafe copy.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe io_uring_prep_connect(entry, descriptor, $0, address.length)
        }
        unsafe entry.pointee.user_data = Self.token(
            .connect, slot: socket.slot, generation: socket.generation)
        return socket
    }

    /// The completion of a connect.
    mutating func connectEnded(
        _ slot: UInt32, _ generation: UInt32, _ result: Int32, _ events: inout EventBatch
    ) {
        guard links.holds(slot: slot, generation: generation) else {
            counters.staleCompletions &+= 1
            return
        }
        links.forgetAddress(slot: slot)
        if links[slot].flags.contains(.closing) {
            closeIfIdle(slot)
            return
        }
        let socket = SocketID(slot: slot, generation: generation)
        events.append(
            result < 0 ? Event(.connectFailed, socket, count: -result) : Event(.connected, socket))
    }
}

extension Links {
    /// Frees the address of a connect that has ended.
    mutating func forgetAddress(slot: UInt32) {
        precondition(self[slot].flags.contains(.connecting), "a connect ends once")
        self[slot].flags.remove(.connecting)
        unsafe self[slot].unsent?.deallocate()
        unsafe self[slot].unsent = nil
    }
}
