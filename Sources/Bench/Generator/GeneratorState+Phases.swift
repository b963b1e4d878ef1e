import Reactor
import Wire

// What a run goes through, and when it goes on. Every phase ends: by what it waits for, by the clock, or because nothing
// has happened for too long.
extension GeneratorState {
    /// Without any answer for so long, a phase that the clock does not end gives up.
    static var stallMillis: UInt64 { 10_000 }
    /// The longest a core sleeps: how late it hears that the run is to stop.
    static var sleepMillisMax: UInt64 { 20 }

    /// After the events of a turn: goes on to the next phase if it is time.
    mutating func advance() {
        takeMap()
        sendRetries()
        showBoard()
        if board.isStopped.load(ordering: .relaxed) { stop() }
        switch phase {
        case .connecting: if hasTriedAll { beginPopulation() }
        case .populating: if isIdle && isPopulated { becomeReady() }
        case .ready: beginIfAsked()
        case .running:
            beginMeasuring()
            if isPastEnd { phase = .draining }
        case .draining: if isIdle && !(pacer != nil && hasDueMoments && requestsLeft != 0) { end() }
        case .done: return
        }
        giveUpIfStalled()
    }

    /// Nothing under way.
    private var isIdle: Bool { inFlight == 0 && queuedCount == 0 && retries.isEmpty }

    private var hasTriedAll: Bool {
        for lane in 0..<lanes.count where isServing[lanes[lane].endpoint] {
            switch lanes[lane].state {
            case .connecting, .greeting: return false
            case .down where lanes[lane].retryAt == .past: return false
            case .down, .closing, .free, .busy: continue
            }
        }
        return true
    }

    private mutating func beginPopulation() {
        guard freeLanes.contains(where: { !$0.isEmpty }) else { return end() }
        lastProgress = now
        phase = .populating
        own.stage.store(.populating, ordering: .relaxed)
    }

    private mutating func becomeReady() {
        phase = .ready
        own.stage.store(.ready, ordering: .releasing)
    }

    private mutating func beginIfAsked() {
        let start = board.startAt.load(ordering: .acquiring)
        guard start > 0, now.nanoseconds >= start else { return }
        timeline = Timeline(start: start, plan.options)
        if let rate = plan.options.rate {
            pacer = Pacer(
                start: Instant(nanoseconds: start),
                perSecond: rate / Double(plan.cores) / Double(plan.options.pipeline),
                phase: Double(plan.core) / Double(plan.cores),
                seed: plan.options.poisson ? chance.next() : nil)
        }
        lastProgress = now
        phase = .running
        own.stage.store(.running, ordering: .relaxed)
    }

    private mutating func beginMeasuring() {
        guard !isMeasuring, now.nanoseconds >= timeline.measureStart else { return }
        isMeasuring = true
        usageAtStart = ThreadUsage.now()
        bytesSent = 0
        bytesReceived = 0
        tally.firstMoment = timeline.measureStart
    }

    private var isPastEnd: Bool {
        if requestsLeft == 0 { return true }
        return pacer == nil ? now.nanoseconds >= timeline.measureEnd : !hasDueMoments
    }

    /// Somebody wants the run to end: what is under way may still be answered for a second.
    private mutating func stop() {
        switch phase {
        case .connecting, .populating, .ready: end()
        case .running, .draining:
            guard timeline.measureEnd > now.nanoseconds || timeline.limit == .max else { return }
            timeline.measureEnd = min(timeline.measureEnd, now.nanoseconds)
            timeline.limit = now.advanced(byMillis: 1000).nanoseconds
            phase = .draining
        case .done: break
        }
    }

    private mutating func giveUpIfStalled() {
        guard phase == .populating || phase == .running || phase == .draining else { return }
        if answeredTotal != answeredBefore {
            answeredBefore = answeredTotal
            lastProgress = now
        }
        let isStalled = now >= lastProgress.advanced(byMillis: Self.stallMillis)
        let clockEnds = phase == .running && plan.options.requests == nil
        if now.nanoseconds >= timeline.limit || isStalled && !clockEnds { end() }
    }

    /// The last of a core: what never came is counted.
    private mutating func end() {
        if inFlight > 0 { tally.fail("no answer before the end", count: inFlight) }
        if pacer != nil { countUnsent() }
        phase = .done
        tally.bytesSent = bytesSent
        tally.bytesReceived = bytesReceived
        if isMeasuring {
            let usage = ThreadUsage.now()
            tally.userSeconds = usage.user - usageAtStart.user
            tally.systemSeconds = usage.system - usageAtStart.system
        }
        tally.lastMoment = max(tally.lastMoment, tally.firstMoment)
        showBoard()
    }

    private mutating func countUnsent() {
        tally.unsent = UInt64(queuedCount)
        while requestsLeft != 0, hasDueMoments, pacer?.take(at: now) != nil {
            tally.unsent += UInt64(plan.options.pipeline)
        }
        if tally.unsent > 0 { tally.fail("due and not sent before the end", count: Int(tally.unsent)) }
    }

    private mutating func showBoard() {
        own.answered.store(answeredTotal, ordering: .relaxed)
        own.errors.store(tally.errors &+ tally.wrongAnswers, ordering: .relaxed)
        own.waiting.store(UInt64(inFlight), ordering: .relaxed)
        if slowest > own.slowest.load(ordering: .relaxed) { own.slowest.store(slowest, ordering: .relaxed) }
        slowest = 0
    }

    /// Until when the loop may sleep.
    func sleepUntil() -> Instant {
        let longest = now.advanced(byMillis: Self.sleepMillisMax)
        switch phase {
        case .connecting, .populating,
            .draining where pacer == nil:
            return longest
        case .ready: return now.advanced(byMillis: 1)
        case .running, .draining:
            if let pacer {
                guard hasDueMoments, freeLanes.contains(where: { !$0.isEmpty }) else { return longest }
                return plan.options.spin ? .past : min(longest, pacer.nextMoment)
            }
            return min(longest, Instant(nanoseconds: timeline.measureEnd))
        case .done: return .past
        }
    }
}
