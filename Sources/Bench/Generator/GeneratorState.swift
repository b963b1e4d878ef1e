import BasicContainers
import Reactor
import Wire

/// All that one generator core owns besides its ring. Only its own thread touches it, and it does not know the ring: what
/// is to be sent, opened or closed is left in lists that `GeneratorCore` works off.
///
///     connecting -> populating -> ready -> running -> draining -> done
struct GeneratorState: ~Copyable {
    enum Phase { case connecting, populating, ready, running, draining, done }

    let plan: Plan
    let board: RunBoard
    /// Where this core shows what it does.
    let own: CoreBoard
    var phase = Phase.connecting
    /// The moment of the turn, set once after the wait.
    var now = Instant.past
    var timeline = Timeline()
    var chance: Chance
    var keyDraw: KeyDraw
    let sizeDraw: SizeDraw
    var verifier: Verifier?
    /// When requests are due; nil for a closed loop.
    var pacer: Pacer?
    var tally = Tally()

    // MARK: lanes
    var lanes = UniqueArray<Lane>()
    /// Requests under way: `pipeline` places for each lane.
    var pending: [Pending] = []
    /// Socket slot to lane.
    var laneOfSlot: [Int32] = []
    var connectingCount = 0
    var nextScan = Instant.past
    /// Sockets that the loop has to close.
    var closeList: [SocketID] = []
    /// Lanes whose greeting has to be sent.
    var greetList: [Int] = []

    // MARK: endpoints
    var endpoints: [SlotTable.Endpoint] = []
    var addresses: [RemoteAddress] = []
    /// Whether it serves any slot.
    var isServing: [Bool] = []
    /// Whether requests go there: it serves slots, or has been named by ASK.
    var isUsed: [Bool] = []
    /// For each slot the index of its endpoint here.
    var ownerOfSlot: [UInt16] = []
    var mapVersion = 0
    /// Lanes with nothing to do, by endpoint.
    var freeLanes: [BoundedQueue<Int32>] = []
    /// Requests drawn for an endpoint and not yet sent. Of use in a cluster only.
    var queued: [BoundedQueue<Pending>] = []
    var queuedCount = 0
    /// A key as bytes, to find its slot.
    var keyScratch = ByteBuffer()
    /// Requests that another server has to answer, once the new map says which or where it is.
    var retries: [Redirect] = []
    /// Since when they wait, and the version of the map that sent them astray.
    var retriesSince: (Instant, Int)?
    /// Whose turn it is.
    var endpointTurn = 0

    // MARK: requests
    /// Requests sent and not answered.
    var inFlight = 0
    /// Keys of the population still to be written, and counters.
    var populateNext = 0
    /// Operations that may still be sent in the measured time; nil if only time counts.
    var requestsLeft: Int?
    var answeredTotal: UInt64 = 0
    /// The same when it was last looked at, and when that was.
    var answeredBefore: UInt64 = 0
    var lastProgress = Instant.past
    /// Answers of one batch and command that came together: recorded as one.
    var streak = Streak()
    /// The longest an answer took since the board was told, in nanoseconds.
    var slowest: UInt64 = 0
    var isMeasuring = false
    var usageAtStart = ThreadUsage(user: 0, system: 0)
    var bytesSent: UInt64 = 0
    var bytesReceived: UInt64 = 0

    init(_ plan: consuming Plan, board: RunBoard, run: UInt32) {
        let (options, core, cores) = (plan.options, plan.core, plan.cores)
        self.board = board
        own = board.cores[core]
        chance = Chance(seed: options.seed &* 0x9E37_79B9 &+ UInt64(core))
        // With a share of its own a core walks it alone.
        keyDraw = KeyDraw(
            options.distribution, keys: plan.keyCount, core: options.verify ? 0 : core,
            of: options.verify ? 1 : cores)
        sizeDraw = SizeDraw(options.valueSizes)
        for index in 0..<plan.commandCount {
            tally.commands.append(CommandTally(name: plan.templates.names[index]))
        }
        requestsLeft = options.requests.map { plan.share(of: $0) }
        verifier = options.verify ? Verifier(plan, run: run) : nil
        self.plan = plan
        takeMap()
    }
}

/// The moments of a run, in nanoseconds of the monotonic clock.
struct Timeline {
    /// Load begins.
    var start: UInt64 = .max
    /// What leaves from here on counts.
    var measureStart: UInt64 = .max
    /// What leaves from here on does not; the end of time if operations are counted.
    var measureEnd: UInt64 = .max
    /// Nobody waits for an answer beyond this.
    var limit: UInt64 = .max

    /// Seconds after the end in which answers may still come.
    static var graceSeconds: UInt64 { 5 }

    init() {}

    init(start: UInt64, _ options: BenchOptions) {
        self.start = start
        measureStart = start + UInt64(options.warmup * 1e9)
        if options.requests == nil {
            measureEnd = measureStart + UInt64(options.duration * 1e9)
            limit = measureEnd + Self.graceSeconds * 1_000_000_000
        }
    }
}

/// Answers that took the same time because they left together and came together.
struct Streak {
    var command = 0
    var intended: UInt64 = 0
    var count = 0
    var keys = 0
}
