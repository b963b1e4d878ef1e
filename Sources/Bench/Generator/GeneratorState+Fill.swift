import Reactor
import Wire

// From nothing to a batch of requests: which lane is next, what it is to send, and the bytes of that.
extension GeneratorState {
    /// Fills the next lane that may send something at `clock`. Nil if there is none, or nothing to send.
    mutating func fillNext(_ clock: Instant) -> Int? {
        switch phase {
        case .populating, .running, .draining: isClustered ? fillClustered(clock) : fillOnly(clock)
        case .connecting, .ready, .done: nil
        }
    }

    /// Without a cluster: the first free lane takes as many fresh requests as the pipeline holds.
    private mutating func fillOnly(_ clock: Instant) -> Int? {
        guard !freeLanes[0].isEmpty, let moment = nextMoment(clock) else { return nil }
        guard let free = freeLanes[0].popFirst() else { return nil }
        let lane = Int(free)
        begin(lane)
        for _ in 0..<plan.options.pipeline {
            guard let request = draw(intended: moment.nanoseconds) else { break }
            write(request, lane)
        }
        guard lanes[lane].batchCount > 0 else {
            freeLanes[0].append(free)
            return nil
        }
        return finish(lane, clock)
    }

    /// When the next batch was meant to leave, if it may leave now: at once in a closed loop.
    private mutating func nextMoment(_ clock: Instant) -> Instant? {
        if phase == .populating { return isPopulated ? nil : clock }
        guard pacer != nil else { return phase == .running && requestsLeft != 0 ? clock : nil }
        guard hasDueMoments, requestsLeft != 0 else { return nil }
        return pacer?.take(at: clock)
    }

    /// Whether moments of the open loop are left: those before the end of the measured time, however late it is.
    var hasDueMoments: Bool {
        guard let pacer else { return false }
        return pacer.nextMoment.nanoseconds < timeline.measureEnd
    }

    /// With a cluster: requests are drawn for all endpoints alike and wait for theirs, so that each endpoint gets the
    /// share that the keys give it.
    private mutating func fillClustered(_ clock: Instant) -> Int? {
        for _ in 0..<endpoints.count {
            let endpoint = endpointTurn
            endpointTurn = endpointTurn + 1 == endpoints.count ? 0 : endpointTurn + 1
            guard isUsed[endpoint], !freeLanes[endpoint].isEmpty else { continue }
            if isServing[endpoint] { drawFor(endpoint, clock) }
            guard !queued[endpoint].isEmpty, let lane = freeLanes[endpoint].popFirst() else { continue }
            begin(Int(lane))
            // In a closed loop a request is meant to leave when its lane is free, not when it was drawn.
            let isPaced = pacer != nil && phase != .populating
            for _ in 0..<plan.options.pipeline {
                guard var request = queued[endpoint].popFirst() else { break }
                queuedCount -= 1
                if !isPaced && request.redirects == 0 { request.intended = clock.nanoseconds }
                write(request, Int(lane))
            }
            return finish(Int(lane), clock)
        }
        return nil
    }

    /// Draws until a whole pipeline waits for `endpoint`, or another endpoint's queue is full.
    private mutating func drawFor(_ endpoint: Int, _ clock: Instant) {
        while queued[endpoint].count < plan.options.pipeline, hasRoomEverywhere {
            guard let moment = nextMoment(clock) else { return }
            // A moment of an open loop stands for a pipeline of requests, wherever they go.
            let count = pacer == nil || phase == .populating ? 1 : plan.options.pipeline
            for _ in 0..<count {
                guard let request = draw(intended: moment.nanoseconds) else { return }
                enqueue(request)
            }
        }
    }

    private var hasRoomEverywhere: Bool {
        // With verification every write under way or waiting holds its key: half of them stay to be drawn.
        let held = queuedCount + inFlight + retries.count + plan.options.pipeline
        if verifier != nil, held > plan.keyCount / 2 { return false }
        for index in 0..<queued.count where isServing[index] && queued[index].room < plan.options.pipeline {
            return false
        }
        return true
    }

    private mutating func begin(_ lane: Int) {
        lanes[lane].state = .busy
        lanes[lane].output.removeAll()
        lanes[lane].batchCount = 0
        lanes[lane].answered = 0
        lanes[lane].hasAsked = false
    }

    private mutating func finish(_ lane: Int, _ clock: Instant) -> Int {
        inFlight += lanes[lane].batchCount
        bytesSent += UInt64(lanes[lane].output.count)
        lanes[lane].isSending = true
        if pacer != nil, phase != .populating {
            let intended = pending[lane &* plan.options.pipeline].intended
            if timeline.measures(intended) {
                tally.lateness.record(
                    max(1, clock.nanoseconds &- intended), count: UInt64(lanes[lane].batchCount))
            }
        }
        return lane
    }

    // MARK: requests

    /// Whether all keys of the population have been drawn.
    var isPopulated: Bool { populateNext >= populateCount }

    /// Keys of the population: this core's share, and where needed as many counters.
    var populateCount: Int {
        guard plan.options.populate else { return 0 }
        return plan.share(of: plan.options.keys) * (plan.populatesCounters ? 2 : 1)
    }

    /// The next request, nil when there are to be no more.
    private mutating func draw(intended: UInt64) -> Pending? {
        if phase == .populating { return drawPopulation(intended) }
        if let left = requestsLeft, intended >= timeline.measureStart {
            guard left > 0 else { return nil }
            requestsLeft = left - 1
        }
        let command = plan.weights.index(&chance)
        let key =
            plan.templates.entries[command].keyCount > 0 ? drawKey(plan.templates.entries[command].kind) : 0
        return Pending(intended: intended, key: key, command: UInt16(truncatingIfNeeded: command))
    }

    private mutating func drawPopulation(_ intended: UInt64) -> Pending? {
        guard !isPopulated else { return nil }
        let share = plan.share(of: plan.options.keys)
        let isCounter = populateNext >= share
        let number = (isCounter ? populateNext - share : populateNext) * plan.cores + plan.core
        populateNext += 1
        return Pending(
            intended: intended, key: UInt32(truncatingIfNeeded: number),
            command: UInt16(isCounter ? plan.counterCommand : plan.populateCommand))
    }

    /// A key for a command of this kind. Verification writes a key on one connection at a time: a key that is being
    /// written gives way to the next one that is not.
    @inline(__always)
    private mutating func drawKey(_ kind: CommandKind) -> UInt32 {
        var number = keyDraw.draw(&chance)
        if let verifier, verifier.isWrite(kind) {
            while verifier.isBusy(
                kind, UInt32(truncatingIfNeeded: number &* plan.keyStride &+ plan.keyOffset))
            {
                number = number + 1 == UInt64(plan.keyCount) ? 0 : number + 1
            }
        }
        let key = UInt32(truncatingIfNeeded: number &* plan.keyStride &+ plan.keyOffset)
        // Noted when it is drawn, not when it is written: in between it may wait in a queue.
        verifier?.drawn(kind, key)
        return key
    }

    /// Appends a request to a lane's batch.
    private mutating func write(_ request: Pending, _ lane: Int) {
        let command = Int(request.command)
        let place = lane &* plan.options.pipeline &+ lanes[lane].batchCount
        pending[place] = request
        lanes[lane].batchCount &+= 1
        if request.isAsking { lanes[lane].output.append("*1\r\n$6\r\nASKING\r\n") }
        var key = request.key
        var keyIndex = 0
        let entry = plan.templates.entries[command]
        for index in entry.firstPiece..<entry.endPiece {
            let piece = plan.templates.pieces[index]
            let start = lanes[lane].output.count
            lanes[lane].output.append(plan.templates.text, piece.start..<piece.end)
            if piece.keyEnd > 0 {
                if keyIndex > 0 { key = drawKey(entry.kind) }
                lanes[lane].output.writeKey(
                    UInt64(key), width: entry.keyWidth, endingAt: start &+ piece.keyEnd)
                verifier?.willRead(entry.kind, key, place: place, index: keyIndex)
                keyIndex &+= 1
            }
            if piece.hasValue { writeValue(request, lane) }
        }
    }

    /// A value whose length or contents are drawn, with its length in front.
    private mutating func writeValue(_ request: Pending, _ lane: Int) {
        let size = sizeDraw.draw(&chance)
        if plan.options.wire != .memcached { lanes[lane].output.append(UInt8(ascii: "$")) }
        Decimal.append(UInt64(size), to: &lanes[lane].output)
        lanes[lane].output.append("\r\n")
        if let verifier {
            let head = verifier.willWrite(
                plan.templates.entries[Int(request.command)].kind, request.key, length: size,
                isFirst: Int(request.command) >= plan.commandCount)
            ValueText.append(head, filler: plan.filler, to: &lanes[lane].output)
        } else {
            lanes[lane].output.append(plan.filler, 0..<size)
        }
        lanes[lane].output.append("\r\n")
    }
}

extension ByteBuffer {
    /// Appends some bytes of another buffer.
    @inline(__always)
    mutating func append(_ other: borrowing ByteBuffer, _ range: Range<Int>) {
        append(other.bytes.extracting(range))
    }

    /// Writes the digits of a key over the zeros that stand before `end`.
    @inline(__always)
    mutating func writeKey(_ number: UInt64, width: Int, endingAt end: Int) {
        var bytes = mutableBytes
        KeyShape.write(number, width: width, endingAt: end, in: &bytes)
    }
}

extension Timeline {
    /// Whether a request that was meant to leave then counts.
    @inline(__always)
    func measures(_ intended: UInt64) -> Bool { intended >= measureStart && intended < measureEnd }
}
