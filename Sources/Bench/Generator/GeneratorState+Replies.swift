import Reactor
import Wire

// From bytes to counts: answers are told apart, matched with what was asked, and timed.
extension GeneratorState {
    /// Takes in what a lane has received. False if its connection is of no more use.
    mutating func take(_ bytes: RawSpan, lane: Int) -> Bool {
        bytesReceived &+= UInt64(bytes.byteCount)
        var position = 0
        while true {
            switch lanes[lane].skimmer.next(bytes, &position) {
            case .incomplete:
                recordStreak()
                return true
            case .answer:
                guard answered(lane) else {
                    recordStreak()
                    return false
                }
            case .payload:
                // What a server says to a greeting is no value of ours.
                guard lanes[lane].state == .busy else { continue }
                let count = lanes[lane].skimmer.payloadCount
                verifier?.take(lane, bytes.extracting((position - count)..<position))
            case .payloadEnd: valueEnded(lane)
            case .broken:
                recordStreak()
                tally.fail("an answer that is not \(plan.options.wire.rawValue)")
                return false
            }
        }
    }

    /// One answer is complete. False if nobody waited for it, or the greeting was refused.
    @inline(__always)
    private mutating func answered(_ lane: Int) -> Bool {
        guard lanes[lane].state == .busy, lanes[lane].answered < lanes[lane].batchCount else {
            return answeredOutOfBatch(lane)
        }
        let request = pending[lane &* plan.options.pipeline &+ lanes[lane].answered]
        if request.isAsking {
            // Two answers: the first says nothing that the second does not say better.
            lanes[lane].hasAsked.toggle()
            if lanes[lane].hasAsked { return true }
        }
        lanes[lane].answered &+= 1
        inFlight &-= 1
        answeredTotal &+= 1
        let command = Int(request.command)
        let kind = plan.templates.entries[command].kind
        let answer = lanes[lane].skimmer.kind
        if answer == .error {
            failed(request, lane)
        } else {
            let isMeasured = command < plan.commandCount && timeline.measures(request.intended)
            if isMeasured { count(request, lane, kind) }
            if !kind.expects(answer, plan.options.wire) {
                tally.wrong("\(plan.templates.names[command]) was answered by \(answer)")
            }
            if verifier != nil { verify(request, lane, kind, isError: false) }
        }
        if lanes[lane].answered == lanes[lane].batchCount, !lanes[lane].isSending { release(lane) }
        return true
    }

    /// Adds to the run of answers that took the same time.
    @inline(__always)
    private mutating func count(_ request: Pending, _ lane: Int, _ kind: CommandKind) {
        let command = Int(request.command)
        if command != streak.command || request.intended != streak.intended {
            recordStreak()
            streak.command = command
            streak.intended = request.intended
        }
        streak.count &+= 1
        let keys = plan.templates.entries[command].keyCount
        streak.keys &+= keys
        if kind == .get || kind == .mget {
            tally.hits &+= UInt64(lanes[lane].skimmer.hits)
            tally.misses &+= UInt64(lanes[lane].skimmer.misses(of: keys))
        }
    }

    /// Records what has been gathered: all of it came with this turn.
    private mutating func recordStreak() {
        guard streak.count > 0 else { return }
        let nanoseconds = max(1, now.nanoseconds &- min(now.nanoseconds, streak.intended))
        tally.commands[streak.command].latency.record(
            min(nanoseconds, CommandTally.nanosecondsMax), count: UInt64(streak.count))
        tally.commands[streak.command].keys &+= UInt64(streak.keys)
        tally.lastMoment = now.nanoseconds
        slowest = max(slowest, nanoseconds)
        streak.count = 0
        streak.keys = 0
    }

    private mutating func valueEnded(_ lane: Int) {
        guard let verifier, lanes[lane].state == .busy, lanes[lane].answered < lanes[lane].batchCount else {
            return
        }
        let place = lane * plan.options.pipeline + lanes[lane].answered
        let kind = plan.templates.entries[Int(pending[place].command)].kind
        let isThere = lanes[lane].skimmer.valueIsThere
        if let fault = verifier.valueEnded(lane, place: place, kind: kind, isThere: isThere) {
            tally.wrong(fault)
        }
    }

    private mutating func verify(_ request: Pending, _ lane: Int, _ kind: CommandKind, isError: Bool) {
        let answer = lanes[lane].skimmer.kind
        if plan.options.wire == .memcached, kind == .get, !isError, lanes[lane].skimmer.hits == 0 {
            // Memcached leaves out what is not there.
            valueEnded(lane, request)
        }
        let fault = verifier?.answered(
            lane, request, kind: kind, integer: answer == .integer ? lanes[lane].skimmer.integer : nil,
            isError: isError)
        if let fault { tally.wrong(fault) }
    }

    private mutating func valueEnded(_ lane: Int, _ request: Pending) {
        let place = lane * plan.options.pipeline + lanes[lane].answered - 1
        let fault = verifier?.valueEnded(lane, place: place, kind: .get, isThere: false)
        if let fault { tally.wrong(fault) }
    }

    /// A request was answered by an error: counted, unless it says where to ask instead.
    private mutating func failed(_ request: Pending, _ lane: Int) {
        let text = lanes[lane].skimmer.errorText
        let kind = plan.templates.entries[Int(request.command)].kind
        if redirect(request, text, by: lanes[lane].endpoint) { return }
        tally.fail(text)
        if verifier != nil { verify(request, lane, kind, isError: true) }
    }

    /// An answer outside of a batch: to the greeting, or to nothing at all.
    private mutating func answeredOutOfBatch(_ lane: Int) -> Bool {
        guard lanes[lane].state == .greeting, lanes[lane].greetings > 0 else {
            tally.fail("an answer to nothing that was asked")
            return false
        }
        guard lanes[lane].skimmer.kind != .error else {
            tally.fail("greeting: \(lanes[lane].skimmer.errorText)")
            return false
        }
        lanes[lane].greetings -= 1
        if lanes[lane].greetings == 0, !lanes[lane].isSending { release(lane) }
        return true
    }

    /// A lane has nothing more to do.
    mutating func release(_ lane: Int) {
        if lanes[lane].state == .greeting { connectingCount -= 1 }
        lanes[lane].state = .free
        freeLanes[lanes[lane].endpoint].append(Int32(lane))
    }
}

extension CommandKind {
    /// Whether an answer of this form fits the command.
    func expects(_ answer: AnswerKind, _ wire: BenchProtocol) -> Bool {
        switch self {
        case .get: answer == .value
        case .mget: answer == (wire == .memcached ? .value : .list)
        case .set, .setex: answer == .done
        case .incr: answer == .integer || wire == .memcached && answer == .value
        case .del: answer == (wire == .memcached ? .done : .integer) || wire == .memcached && answer == .value
        case .custom: true
        }
    }
}
