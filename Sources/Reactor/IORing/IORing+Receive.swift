import CShims
import Glibc

// A socket's receive is one multishot operation for as long as the kernel keeps it going:
//
//     idle --arm--> armed --F_MORE--> armed
//     armed --end, bytes--> idle, armed again at once      (the kernel ends multishots when its queue overruns)
//     armed --ENOBUFS--> starved --a buffer is free--> armed
//     armed --pause--> cancelling --end--> idle (or armed again, if it was resumed meanwhile)
//     armed --end of stream, error--> idle for good
extension IORing {
    /// Lets received bytes flow.
    public mutating func startReceiving(_ socket: SocketID) {
        resumeReceiving(socket)
    }

    /// Lets received bytes flow again.
    public mutating func resumeReceiving(_ socket: SocketID) {
        requireOpen(socket)
        links[socket.slot].flags.insert(.receiveWanted)
        // While a cancellation is under way the end of the old receive arms the new one.
        guard links[socket.slot].flags.isDisjoint(with: [.receiveArmed, .starved]) else { return }
        armReceive(socket.slot)
    }

    /// Stops the flow; the kernel's last few buffers may still come.
    public mutating func pauseReceiving(_ socket: SocketID) {
        requireOpen(socket)
        links[socket.slot].flags.remove(.receiveWanted)
        if links[socket.slot].flags.contains(.starved) { links.removeStarved(slot: socket.slot) }
        cancelReceive(socket.slot)
    }

    /// The bytes that a `.received` event announced.
    @_lifetime(borrow self)
    public func bytes(of buffer: BufferID, count: Int) -> RawSpan {
        buffers.bytes(of: buffer, count: count)
    }

    /// Gives a buffer back to the kernel.
    public mutating func recycle(_ buffer: BufferID) {
        buffers.giveBack(buffer)
    }

    /// Gives memory back that has not been needed since the last call.
    public mutating func trim() { buffers.trim() }

    /// Queues the multishot receive.
    mutating func armReceive(_ slot: UInt32) {
        let entry = unsafe nextSubmission()
        // Length 0: as much as the chosen buffer holds. Kernels before 6.10 accept nothing else.
        unsafe io_uring_prep_recv_multishot(entry, links[slot].descriptor, nil, 0, 0)
        unsafe coronet_select_buffer_group(entry, ReceiveBuffers.group)
        unsafe entry.pointee.user_data = Self.token(.receive, slot: slot, generation: links[slot].generation)
        links[slot].flags.insert(.receiveArmed)
        links[slot].flags.remove(.receiveCancelling)
    }

    /// Queues the cancellation of an armed receive, once.
    mutating func cancelReceive(_ slot: UInt32) {
        guard links[slot].flags.intersection([.receiveArmed, .receiveCancelling]) == .receiveArmed else {
            return
        }
        links[slot].flags.insert(.receiveCancelling)
        queueCancel(.cancelReceive, of: .receive, slot)
    }

    /// Before each turn: as many starved sockets as there are buffers, in the order in which they starved.
    ///
    /// Bound to the number of free buffers, so that a socket that starves again has been given a fair chance, and
    /// so that nothing is armed (and no turn spins) while the loop holds every buffer.
    mutating func rearmStarved() {
        var room = buffers.published
        while room > 0, let slot = links.popStarved() {
            counters.rearms &+= 1
            armReceive(slot)
            room &-= 1
        }
    }

    /// A completion of a receive.
    @inline(__always)
    mutating func received(
        _ slot: UInt32, _ generation: UInt32, _ result: Int32, _ flags: UInt32, _ events: inout EventBatch
    ) {
        let buffer = BufferID(rawValue: UInt16(truncatingIfNeeded: flags &>> UInt32(IORING_CQE_BUFFER_SHIFT)))
        let carriesBuffer = flags & IORING_CQE_F_BUFFER != 0
        if carriesBuffer { buffers.take() }
        guard links.holds(slot: slot, generation: generation) else {
            counters.staleCompletions &+= 1
            if carriesBuffer { buffers.giveBack(buffer) }
            return
        }
        let closing = links[slot].flags.contains(.closing)
        if result > 0 && carriesBuffer && !closing {
            events.append(
                Event(.received, SocketID(slot: slot, generation: generation), buffer: buffer, count: result))
        } else if carriesBuffer {
            buffers.giveBack(buffer)
        }
        if flags & IORING_CQE_F_MORE == 0 { receiveEnded(slot, generation, result, &events) }
    }

    /// The last completion of a multishot receive.
    private mutating func receiveEnded(
        _ slot: UInt32, _ generation: UInt32, _ result: Int32, _ events: inout EventBatch
    ) {
        links[slot].flags.subtract([.receiveArmed, .receiveCancelling])
        if links[slot].flags.contains(.closing) {
            closeIfIdle(slot)
            return
        }
        let wanted = links[slot].flags.contains(.receiveWanted)
        switch result {
        case -ENOBUFS:
            counters.starvations &+= 1
            buffers.grow()
            if wanted { links.appendStarved(slot: slot) }
        case 1..., -ECANCELED, -EINTR, -EAGAIN:
            // Ended with bytes (queue overrun), by our own cancellation, or by nothing that concerns the stream.
            if wanted {
                counters.rearms &+= 1
                armReceive(slot)
            }
        case 0:
            links[slot].flags.remove(.receiveWanted)
            events.append(Event(.peerClosed, SocketID(slot: slot, generation: generation)))
        default:
            links[slot].flags.remove(.receiveWanted)
            events.append(Event(.receiveFailed, SocketID(slot: slot, generation: generation), count: -result))
        }
    }
}
