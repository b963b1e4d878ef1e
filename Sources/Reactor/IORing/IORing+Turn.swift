import CShims
import Glibc
import Synchronization

// One turn, in this order:
//
// 1. Re-arm what waited for its moment: starved receives first (the buffers recycled since the last turn are theirs),
//    then listeners whose back-off has passed. They must be in the queue before it is submitted.
// 2. Enter once: submit all that is queued and, if no completion is there yet, wait for one or for the deadline.
//    Skipped when nothing is queued and completions are there already.
// 3. Reap: copy completions out as events until the queue or the batch ends. After the enter, because under
//    DEFER_TASKRUN completions come into being only while this thread is inside enter with GETEVENTS.
extension IORing {
    /// Submits, waits and reaps; see the protocol.
    public mutating func turn(until deadline: Instant?, into events: inout EventBatch) {
        counters.turns &+= 1
        events.removeAll()
        rearmStarved()
        let deadline = hasUnsettledSends ? .past : resumeListeners(orWaitUntil: deadline)

        let queued = unsafe submissionNext &- queues.submissionHead.pointee.load(ordering: .relaxed)
        let flags = unsafe queues.submissionFlags.pointee.load(ordering: .relaxed)
        let ready = unsafe queues.completionTail.pointee.load(ordering: .acquiring) != completionNext
        if ready {
            // Something to do already: look in on the kernel only if it has to be told something. With task work
            // pending the next turn, whose queue is empty, goes in anyway.
            if queued > 0 || flags & IORING_SQ_CQ_OVERFLOW != 0 {
                enter(submitting: queued, waitUntil: .past)
            }
        } else {
            enter(submitting: queued, waitUntil: deadline)
        }
        if flags & IORING_SQ_CQ_OVERFLOW != 0 { counters.overflows &+= 1 }
        let isAllKnown = silentSends.isEmpty || isAllSubmittedAndReported
        reap(into: &events)
        if !silentSends.isEmpty { settleSilentSends(isAllKnown && !events.isFull, &events) }
    }

    /// The kernel has taken everything queued, and keeps no completion back for want of room.
    private var isAllSubmittedAndReported: Bool {
        unsafe queues.submissionHead.pointee.load(ordering: .acquiring) == submissionNext
            && queues.submissionFlags.pointee.load(ordering: .acquiring) & IORING_SQ_CQ_OVERFLOW == 0
    }

    /// One `io_uring_enter`. `.past` looks without waiting.
    ///
    /// It waits for one completion; sends that nobody awaits have none, so it is news from outside. Waiting for 4 or 8
    /// in 20 to 50 µs was measured with 50 clients at pipeline 1 and saved no measurable part of the CPU time per
    /// operation: 95 % of it is TCP inside the kernel, and a wake-up there is only a tenth of it.
    private mutating func enter(submitting queued: UInt32, waitUntil deadline: Instant?) {
        var wait: UInt32 = 1
        var timeout: Int64 = -1
        var flags = queues.enterFlags
        if deadline == .past {
            (wait, timeout) = (0, 0)
        } else if let deadline, features.absoluteTimeouts {
            timeout = Int64(clamping: deadline.nanoseconds)
            flags |= UInt32(coronet_enter_abs_timer)
        } else if let deadline {
            timeout = Int64(clamping: deadline.nanoseconds(since: now()))
        }
        unsafe queues.submissionTail.pointee.store(submissionNext, ordering: .releasing)
        counters.enters &+= 1
        let result = coronet_enter_and_wait(queues.enterDescriptor, queued, wait, flags, timeout, 0)
        if result < 0 { considerEnterError(-result) }
    }

    /// Every errno that enter can give, and what it means for us.
    private mutating func considerEnterError(_ errno: Int32) {
        switch errno {
        case ETIME, EINTR:
            // The deadline came, or a signal did. An empty turn.
            break
        case EAGAIN, EBUSY:
            // No memory for a request, or a backlog of completions that must be reaped first. What was not
            // submitted stays queued; this turn reaps, the next one tries again.
            break
        case EBADR:
            // The kernel had no memory to keep a completion for us: one operation will never be seen to end.
            // Its socket is lost until the peer closes; everything else goes on.
            counters.completionsDropped &+= 1
        case EEXIST:
            preconditionFailure("a ring was entered by a thread other than its own")
        case EBADF, EBADFD, ENXIO, EFAULT, EINVAL, EOPNOTSUPP:
            preconditionFailure("enter was called wrongly: \(errorName(errno))")
        default:
            preconditionFailure("enter failed in a way nobody has described: \(errorName(errno))")
        }
    }

    /// A free submission entry. When the queue is full, what is in it is submitted now.
    @inline(__always)
    mutating func nextSubmission() -> UnsafeMutablePointer<io_uring_sqe> {
        if unsafe submissionNext &- queues.submissionHead.pointee.load(ordering: .acquiring)
            > queues.submissionMask
        {
            submitEarly()
        }
        let entry = unsafe queues.submissions + Int(submissionNext & queues.submissionMask)
        submissionNext &+= 1
        return unsafe entry
    }

    /// Makes room in a full submission queue.
    private mutating func submitEarly() {
        unsafe queues.submissionTail.pointee.store(submissionNext, ordering: .releasing)
        // Fails only for want of memory for requests, which other processes may give back: a bounded wait.
        for _ in 0..<1000 {
            counters.enters &+= 1
            let queued = unsafe submissionNext &- queues.submissionHead.pointee.load(ordering: .acquiring)
            let result = io_uring_enter2(queues.enterDescriptor, queued, 0, queues.enterFlags, nil, 0)
            if result > 0 { return }
            precondition(
                result == -EAGAIN || result == -EBUSY || result == -EINTR,
                "enter refused a submission: \(errorName(-result))")
            sched_yield()
        }
        preconditionFailure("the kernel has had no memory for a request for a thousand attempts")
    }

    /// Turns completions into events until there are no more of either.
    private mutating func reap(into events: inout EventBatch) {
        let tail = unsafe queues.completionTail.pointee.load(ordering: .acquiring)
        var next = completionNext
        while next != tail && !events.isFull {
            let completion = unsafe queues.completions[Int(next & queues.completionMask)]
            next &+= 1
            handle(token: completion.user_data, result: completion.res, flags: completion.flags, &events)
        }
        completionNext = next
        unsafe queues.completionHead.pointee.store(next, ordering: .releasing)
    }

    /// One completion: at most one event, perhaps a submission.
    @inline(__always)
    private mutating func handle(token: UInt64, result: Int32, flags: UInt32, _ events: inout EventBatch) {
        let slot = UInt32(truncatingIfNeeded: token)
        let generation = UInt32(truncatingIfNeeded: token &>> 32) & 0xFF_FFFF
        switch Operation(rawValue: UInt8(truncatingIfNeeded: token &>> 56)) {
        case .receive: received(slot, generation, result, flags, &events)
        case .send: sendEnded(slot, generation, result, &events)
        case .accept: accepted(Int(slot), generation, result, flags, &events)
        case .close: closeEnded(slot, generation, result, &events)
        case .connect: connectEnded(slot, generation, result, &events)
        case .cancelReceive, .cancelSend, .cancelConnect: cancelFailed(slot, generation)
        case .cancelAccept: break
        case .wake:
            counters.wakesReceived &+= 1
            events.append(Event(.woken))
        case .wakeFailed: counters.wakesFailed &+= 1
        case .file: fileEnded(slot, generation, result, &events)
        case nil: counters.staleCompletions &+= 1
        }
    }
}
