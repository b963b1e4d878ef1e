import CShims
import Glibc

// close(2) cancels nothing that the ring holds: the ring keeps the file alive. So a close has three steps, and
// the slot keeps its user until the last:
//
//     close() -> cancel the receive and the send (or the connect), if armed -> their last completions -> CLOSE -> .closed
//
// A peer that has hung up with nothing in flight needs the last step only.
extension IORing {
    /// Takes over a connected socket.
    public mutating func adopt(_ descriptor: Int32) -> SocketID {
        precondition(descriptor >= 0, "a socket has a descriptor")
        return links.insert(descriptor)
    }

    /// Cancels what is in flight and closes.
    public mutating func close(_ socket: SocketID) {
        requireOpen(socket)
        let slot = socket.slot
        if links[slot].flags.contains(.starved) { links.removeStarved(slot: slot) }
        links[slot].flags.remove(.receiveWanted)
        links[slot].flags.insert(.closing)
        cancelReceive(slot)
        // A silent send ends by itself within the next enter.
        if links[slot].flags.intersection([.sending, .silent]) == .sending {
            queueCancel(.cancelSend, of: .send, slot)
        }
        if links[slot].flags.contains(.connecting) { queueCancel(.cancelConnect, of: .connect, slot) }
        closeIfIdle(slot)
    }

    /// Closes a closing socket when the kernel holds nothing of it any more.
    mutating func closeIfIdle(_ slot: UInt32) {
        guard links[slot].flags.isDisjoint(with: [.receiveArmed, .sending, .connecting, .closeQueued]) else {
            return
        }
        links[slot].flags.insert(.closeQueued)
        let entry = unsafe nextSubmission()
        unsafe io_uring_prep_close(entry, links[slot].descriptor)
        unsafe entry.pointee.user_data = Self.token(.close, slot: slot, generation: links[slot].generation)
    }

    mutating func closeEnded(
        _ slot: UInt32, _ generation: UInt32, _ result: Int32, _ events: inout EventBatch
    ) {
        guard links.holds(slot: slot, generation: generation) else {
            counters.staleCompletions &+= 1
            return
        }
        // Linux releases the descriptor whatever close reports, except when the operation never ran.
        if result == -ECANCELED { _ = Glibc.close(links[slot].descriptor) }
        links.remove(slot: slot)
        events.append(Event(.closed, SocketID(slot: slot, generation: generation)))
    }

    /// Queues the cancellation of a socket's receive or send.
    ///
    /// By the operation's own name: by descriptor the kernel would walk all that the ring has in flight.
    mutating func queueCancel(_ cancellation: Operation, of operation: Operation, _ slot: UInt32) {
        let generation = links[slot].generation
        let entry = unsafe nextSubmission()
        unsafe io_uring_prep_cancel64(entry, Self.token(operation, slot: slot, generation: generation), 0)
        unsafe entry.pointee.flags |= UInt8(1 << IOSQE_CQE_SKIP_SUCCESS_BIT)
        unsafe entry.pointee.user_data = Self.token(cancellation, slot: slot, generation: generation)
    }

    /// A cancellation found nothing, or found its operation running.
    ///
    /// Mostly the operation has just ended and its completion says so. But a multishot that the kernel is running at
    /// this very moment cannot be found either, and goes on: then it must be asked again, or close waits for ever.
    mutating func cancelFailed(_ slot: UInt32, _ generation: UInt32) {
        guard links.holds(slot: slot, generation: generation) else { return }
        let flags = links[slot].flags
        if flags.isSuperset(of: [.receiveArmed, .receiveCancelling]) {
            links[slot].flags.remove(.receiveCancelling)
            if flags.contains(.closing) || !flags.contains(.receiveWanted) { cancelReceive(slot) }
        }
        if flags.isSuperset(of: [.sending, .closing]) { queueCancel(.cancelSend, of: .send, slot) }
        if flags.isSuperset(of: [.connecting, .closing]) { queueCancel(.cancelConnect, of: .connect, slot) }
    }

    @inline(__always)
    func requireOpen(_ socket: SocketID) {
        precondition(links.holds(slot: socket.slot, generation: socket.generation), "the socket is closed")
        precondition(!links[socket.slot].flags.contains(.closing), "the socket is being closed")
    }
}

extension Links {
    /// Closes the descriptors that are left when a ring goes.
    borrowing func closeAll() {
        for slot in 0..<count where self[slot].flags.contains(.open) {
            _ = Glibc.close(self[slot].descriptor)
            // The address of a connect that nobody will see end.
            if self[slot].flags.contains(.connecting) { unsafe self[slot].unsent?.deallocate() }
        }
    }
}
