import Glibc
import Reactor
import Synchronization

/// What the main thread does while the cores generate: gives the start, shows how it goes, asks for a new map when a core
/// was sent elsewhere, and passes on that somebody wants the end.
struct Watch {
    private let board: RunBoard
    private let options: BenchOptions
    private let source: MapSource
    private let showsProgress: Bool
    private var answeredBefore: UInt64 = 0
    private var shownAt: UInt64
    private let startedAt: UInt64
    private var hasStarted = false
    private var lineLength = 0

    /// How often it looks.
    private static var lookMillis: Int { 50 }
    /// How often the line changes.
    private static var lineNanos: UInt64 { 500_000_000 }

    init(_ board: RunBoard, _ options: BenchOptions, _ source: MapSource) {
        self.board = board
        self.options = options
        self.source = source
        showsProgress = !options.quiet && Output.isTerminal(2)
        startedAt = Self.nanos()
        shownAt = startedAt
    }

    /// Returns when every core has ended.
    mutating func untilEnd() {
        while !all({ $0 == .ended }) {
            // Cores that are ready should not wait for a look.
            if Interrupts.wait(millis: hasStarted ? Self.lookMillis : 2) {
                board.isStopped.store(true, ordering: .releasing)
            }
            startIfReady()
            if board.wantsMap.exchange(false, ordering: .acquiringAndReleasing) { renewMap() }
            if showsProgress, Self.nanos() - shownAt >= Self.lineNanos { showLine() }
        }
        if showsProgress { show("") }
    }

    private func all(_ condition: (CoreBoard.Stage) -> Bool) -> Bool {
        board.cores.allSatisfy { condition($0.stage.load(ordering: .acquiring)) }
    }

    /// All cores begin at the same moment, a little ahead.
    private mutating func startIfReady() {
        guard !hasStarted, all({ $0 == .ready || $0 == .ended }) else { return }
        hasStarted = true
        board.startAt.store(Self.nanos() + 5_000_000, ordering: .releasing)
    }

    private func renewMap() {
        let known = board.map.withLock { $0 }
        let asked = board.asked.withLock { $0 }
        guard let map = source.again(knowing: known, asked: asked), map.table != known.table else { return }
        board.map.withLock { $0 = map }
        board.mapVersion.add(1, ordering: .releasing)
    }

    private mutating func showLine() {
        let answered = board.cores.reduce(UInt64(0)) { $0 + $1.answered.load(ordering: .relaxed) }
        let errors = board.cores.reduce(UInt64(0)) { $0 + $1.errors.load(ordering: .relaxed) }
        let waiting = board.cores.reduce(UInt64(0)) { $0 + $1.waiting.load(ordering: .relaxed) }
        let slowest = board.cores.map { $0.slowest.exchange(0, ordering: .relaxed) }.max() ?? 0
        let now = Self.nanos()
        let rate = Double(answered - answeredBefore) / (Double(now - shownAt) / 1e9)
        answeredBefore = answered
        shownAt = now
        let stage = all({ $0 == .running || $0 == .ended }) ? "running" : "preparing"
        show(
            "\(stage) \(fixed(Double(now - startedAt) / 1e9, digits: 1)) s: \(grouped(UInt64(rate))) ops/s, slowest "
                + "\(fixed(Double(slowest) / 1e6, digits: 2)) ms, \(grouped(waiting)) under way, "
                + "\(grouped(errors)) errors")
    }

    /// Writes over the line that is there.
    private mutating func show(_ line: String) {
        let rest = max(0, lineLength - line.count)
        Output.write("\r" + line + String(repeating: " ", count: rest) + (line.isEmpty ? "\r" : ""), to: 2)
        lineLength = line.count
    }

    private static func nanos() -> UInt64 {
        var time = timespec()
        // Safe: clock_gettime fills the structure.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
