import Reactor
import Wire

// Connections come and go; the loop reports what happened to them, and works off what is decided here.
extension GeneratorState {
    /// CONNECTs under way at once: fewer than a common listener's queue, so that none is dropped and sent again a second later.
    static var connectingMax: Int { 128 }
    /// How long a connection may take until it has been greeted.
    static var connectMillisMax: UInt64 { 5000 }
    /// How long a lane rests after its connection failed.
    static var retryMillis: UInt64 { 100 }
    /// How often lanes without a connection are looked at.
    static var scanMillis: UInt64 { 20 }

    /// The next lane that should connect now, once for each; gives up those that have taken too long.
    mutating func lanesToConnect() -> [Int] {
        guard now >= nextScan, phase != .done else { return [] }
        var wanted: [Int] = []
        var isSettled = true
        for lane in 0..<lanes.count {
            switch lanes[lane].state {
            case .free, .busy: continue
            case .closing: isSettled = false
            case .connecting, .greeting:
                isSettled = false
                if lanes[lane].retryAt <= now {
                    drop(lane, "no connection within \(Self.connectMillisMax) ms")
                }
            case .down:
                guard isUsed[lanes[lane].endpoint] else { continue }
                isSettled = false
                if lanes[lane].retryAt <= now, connectingCount + wanted.count < Self.connectingMax {
                    wanted.append(lane)
                }
            }
        }
        nextScan =
            isSettled
            ? Instant(nanoseconds: .max) : !wanted.isEmpty ? now : now.advanced(byMillis: Self.scanMillis)
        return wanted
    }

    /// CONNECT is under way.
    mutating func connecting(_ lane: Int, _ socket: SocketID) {
        lanes[lane].state = .connecting
        lanes[lane].socket = socket
        lanes[lane].retryAt = now.advanced(byMillis: Self.connectMillisMax)
        connectingCount += 1
        let slot = Int(socket.slot)
        while laneOfSlot.count <= slot { laneOfSlot.append(-1) }
        laneOfSlot[slot] = Int32(lane)
    }

    /// There was not even a descriptor.
    mutating func couldNotConnect(_ lane: Int, _ reason: String) {
        tally.connectionsFailed += 1
        tally.fail(reason, count: 1)
        lanes[lane].retryAt = now.advanced(byMillis: Self.retryMillis)
    }

    /// Connected: greets, or is free.
    mutating func connected(_ lane: Int) {
        lanes[lane].state = .greeting
        guard plan.greetingCount > 0 else { return release(lane) }
        lanes[lane].greetings = plan.greetingCount
        lanes[lane].output.removeAll()
        lanes[lane].output.append(plan.greeting)
        lanes[lane].isSending = true
        greetList.append(lane)
    }

    /// The lane's bytes have gone.
    mutating func sent(_ lane: Int) {
        lanes[lane].isSending = false
        switch lanes[lane].state {
        case .greeting: if lanes[lane].greetings == 0 { release(lane) }
        case .busy: if lanes[lane].answered == lanes[lane].batchCount { release(lane) }
        case .down, .connecting, .free, .closing: break
        }
    }

    /// The lane's connection is of no more use: what it owed is lost, and its socket has to be closed. Without a reason it
    /// has been noted already why.
    mutating func drop(_ lane: Int, _ reason: String?) {
        switch lanes[lane].state {
        case .down, .closing: return
        case .connecting, .greeting: connectingCount -= 1
        case .free: leaveFreeList(lane)
        case .busy: loseBatch(lane, reason ?? "given up after an answer that made no sense")
        }
        if let reason, lanes[lane].state != .busy { tally.fail(reason) }
        tally.connectionsFailed += 1
        lanes[lane].state = .closing
        lanes[lane].isSending = false
        lanes[lane].skimmer = ReplySkimmer(plan.options.wire, showsPayload: plan.options.verify)
        verifier?.forget(lane)
        closeList.append(lanes[lane].socket)
        nextScan = now
        if isClustered { board.wantsMap.store(true, ordering: .releasing) }
    }

    private mutating func loseBatch(_ lane: Int, _ reason: String) {
        let owed = lanes[lane].answered..<lanes[lane].batchCount
        for index in owed {
            let request = pending[lane * plan.options.pipeline + index]
            verifier?.lost(plan.templates.entries[Int(request.command)].kind, request.key)
        }
        inFlight -= owed.count
        tally.fail("connection lost: \(reason)", count: owed.count)
    }

    private mutating func leaveFreeList(_ lane: Int) {
        let endpoint = lanes[lane].endpoint
        for _ in 0..<freeLanes[endpoint].count {
            guard let other = freeLanes[endpoint].popFirst() else { return }
            if Int(other) != lane { freeLanes[endpoint].append(other) }
        }
    }

    /// The last of a lane's socket.
    mutating func closed(_ lane: Int) {
        lanes[lane].state = .down
        lanes[lane].socket = .none
        lanes[lane].retryAt = now.advanced(byMillis: Self.retryMillis)
        nextScan = min(nextScan, lanes[lane].retryAt)
    }
}
