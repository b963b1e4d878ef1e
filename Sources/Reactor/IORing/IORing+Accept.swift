import CShims
import Glibc

/// The listening sockets of one ring: at most sixteen, found by the index that their owner chose.
struct Listeners {
    struct Entry {
        var descriptor: Int32 = -1
        /// 24 bits, counted up when the index is reused.
        var generation: UInt32 = 0
        var armed = false
        var wanted = false
        /// When to accept again after running out of descriptors; 0 if not waiting.
        var resumeAt: UInt64 = 0
    }

    static var limit: Int { 16 }
    var entries = [16 of Entry](repeating: Entry())
    /// The earliest of the `resumeAt`; 0 if there is none.
    var nextResume: UInt64 = 0
    /// Held so that there is one to spend when there are no more; see `refuseOne`.
    var spareDescriptor: Int32 = -1
}

// A listener is one multishot accept. It ends when the process or the machine is out of descriptors, and trying
// again at once would spin: the connection that could not be accepted is still there. So it rests, and meanwhile
// a spare descriptor is spent to take the connections that wait and close them: their clients hear "closed"
// now rather than nothing at all.
extension IORing {
    /// How long a listener rests after the last descriptor was gone.
    static var acceptBackOffNanoseconds: UInt64 { 100_000_000 }
    /// How many waiting connections are turned away at each such rest.
    static var refusalsPerBackOff: Int { 64 }

    /// Accepts connections until `stopListening`.
    public mutating func listen(on descriptor: Int32, index: Int) {
        precondition(index >= 0 && index < Listeners.limit, "a ring has at most sixteen listeners")
        precondition(!listeners.entries[index].armed, "this index listens already")
        if listeners.spareDescriptor < 0 {
            listeners.spareDescriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        }
        listeners.entries[index].descriptor = descriptor
        listeners.entries[index].generation = nextGeneration(listeners.entries[index].generation)
        listeners.entries[index].wanted = true
        armAccept(index)
    }

    /// Accepts no more from this listener.
    public mutating func stopListening(index: Int) {
        precondition(index >= 0 && index < Listeners.limit, "a ring has at most sixteen listeners")
        listeners.entries[index].wanted = false
        listeners.entries[index].resumeAt = 0
        guard listeners.entries[index].armed else { return }
        let generation = listeners.entries[index].generation
        let entry = unsafe nextSubmission()
        unsafe io_uring_prep_cancel64(
            entry, Self.token(.accept, slot: UInt32(index), generation: generation), 0)
        unsafe entry.pointee.flags |= UInt8(1 << IOSQE_CQE_SKIP_SUCCESS_BIT)
        unsafe entry.pointee.user_data = Self.token(
            .cancelAccept, slot: UInt32(index), generation: generation)
    }

    private mutating func armAccept(_ index: Int) {
        let entry = unsafe nextSubmission()
        unsafe io_uring_prep_multishot_accept(
            entry, listeners.entries[index].descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        unsafe entry.pointee.user_data = Self.token(
            .accept, slot: UInt32(index), generation: listeners.entries[index].generation)
        listeners.entries[index].armed = true
    }

    /// A completion of an accept.
    mutating func accepted(
        _ index: Int, _ generation: UInt32, _ result: Int32, _ flags: UInt32, _ events: inout EventBatch
    ) {
        guard index < Listeners.limit, listeners.entries[index].generation == generation else {
            counters.staleCompletions &+= 1
            if result >= 0 { _ = Glibc.close(result) }
            return
        }
        if result >= 0 {
            events.append(Event(.accepted, links.insert(result), count: Int32(index)))
        }
        guard flags & IORING_CQE_F_MORE == 0 else { return }
        listeners.entries[index].armed = false
        guard listeners.entries[index].wanted else { return }
        switch result {
        case 0..., -ECONNABORTED, -EINTR, -EAGAIN, -EPERM, -EPROTO, -ECANCELED:
            // Ended with a connection (queue overrun), or by one that went away or that a firewall forbids:
            // the next one is another matter.
            counters.rearms &+= 1
            armAccept(index)
        case -EMFILE, -ENFILE, -ENOBUFS, -ENOMEM:
            refuseWaiting(index)
            let resume = now().advanced(byNanoseconds: Self.acceptBackOffNanoseconds).nanoseconds
            listeners.entries[index].resumeAt = resume
            if listeners.nextResume == 0 { listeners.nextResume = resume }
            events.append(acceptFailure(index, -result))
        default:
            // Not a listening socket, or none any more: nothing to wait for.
            listeners.entries[index].wanted = false
            events.append(acceptFailure(index, -result))
        }
    }

    private func acceptFailure(_ index: Int, _ errno: Int32) -> Event {
        Event(.acceptFailed, SocketID(slot: UInt32(index), generation: 0), count: errno)
    }

    /// Takes waiting connections with the spare descriptor and closes them.
    private mutating func refuseWaiting(_ index: Int) {
        guard listeners.spareDescriptor >= 0 else { return }
        _ = Glibc.close(listeners.spareDescriptor)
        var waiting = pollfd(fd: listeners.entries[index].descriptor, events: Int16(POLLIN), revents: 0)
        for _ in 0..<Self.refusalsPerBackOff {
            // Asked first, because the listener may be a blocking one.
            guard unsafe poll(&waiting, 1, 0) == 1 else { break }
            let refused = accept(listeners.entries[index].descriptor, nil, nil)
            guard refused >= 0 else { break }
            _ = Glibc.close(refused)
            counters.connectionsRefused &+= 1
        }
        listeners.spareDescriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    /// Before each turn: listeners whose rest is over accept again; the turn ends no later than the next of them.
    @inline(__always)
    mutating func resumeListeners(orWaitUntil deadline: Instant?) -> Instant? {
        guard listeners.nextResume != 0 else { return deadline }
        return resumeListenersSlowly(orWaitUntil: deadline)
    }

    @inline(never)
    private mutating func resumeListenersSlowly(orWaitUntil deadline: Instant?) -> Instant? {
        let time = now().nanoseconds
        listeners.nextResume = 0
        for index in 0..<Listeners.limit where listeners.entries[index].resumeAt != 0 {
            if listeners.entries[index].resumeAt <= time {
                listeners.entries[index].resumeAt = 0
                counters.rearms &+= 1
                armAccept(index)
            } else if listeners.nextResume == 0 || listeners.entries[index].resumeAt < listeners.nextResume {
                listeners.nextResume = listeners.entries[index].resumeAt
            }
        }
        guard listeners.nextResume != 0 else { return deadline }
        let resume = Instant(nanoseconds: listeners.nextResume)
        guard let deadline else { return resume }
        return min(deadline, resume)
    }
}
