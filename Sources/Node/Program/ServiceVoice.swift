import Glibc
import Logging
import Reactor

/// Keeps the service manager informed while a node runs. Main thread only; silent where there is no manager.
struct ServiceVoice {
    private let manager: ServiceManager?
    private let node: NodeContext
    private let logger: Logger
    private var report: ServiceReport
    private var hasFailed = false

    init(manager: ServiceManager?, node: NodeContext, logger: Logger) {
        self.manager = manager
        self.node = node
        self.logger = logger
        report = ServiceReport(
            watchdogMicros: manager?.watchdogMicros, coreCount: node.coreCount, nowNanos: MonotonicClock.nanos
        )
    }

    /// How long the main thread may sleep until the next `beat`; nil: as long as it likes.
    var intervalNanos: UInt64? { manager == nil ? nil : report.intervalNanos }

    /// Clients are served from now on.
    mutating func ready() { tell(["READY=1", "MAINPID=\(getpid())"] + due()) }

    /// Whatever is due.
    mutating func beat() {
        if manager != nil { tell(due()) }
    }

    /// The node ends.
    mutating func stopping() { tell(["STOPPING=1", "STATUS=finishing what is in flight"]) }

    func close() { manager?.close() }

    private mutating func due() -> [String] {
        let vitals = ServiceReport.Vitals(
            connections: node.connections,
            keys: node.cores.reduce(0) { $0 + $1.keys.load(ordering: .relaxed) },
            rounds: node.cores.map { $0.rounds.load(ordering: .relaxed) })
        return report.lines(vitals, nowNanos: MonotonicClock.nanos)
    }

    /// A manager that cannot be reached is worth one line.
    private mutating func tell(_ lines: [String]) {
        guard let manager, let refusal = manager.tell(lines), !hasFailed else { return }
        hasFailed = true
        logger.warning("the service manager at \(manager.address) cannot be told: \(refusal)")
    }
}
