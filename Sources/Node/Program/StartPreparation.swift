import Logging
import Reactor
import Synchronization

/// Decides what a node starts from, on a thread of its own: looking through a long log takes seconds, and meanwhile the cores
/// run and tell clients that the node is loading. Shared: that thread decides, the main thread and the cores look.
///
///     main thread   begin ── isRefused(withinMillis:) ──▶ cores start ──▶ serves
///     preparation   LogStart.prepare ─────── decided ───────▶ node.isPreparing ends; wakes the cores
///     cores                                    (loading) ──▶ beginStart
final class StartPreparation: Sendable {
    private enum Outcome {
        case ready, refused
    }

    private let node: NodeContext
    private let settings: Settings
    private let gate: StartGate
    private let outcome = Mutex<Outcome?>(nil)
    private let decided = Semaphore()

    init(_ node: NodeContext, _ settings: Settings, _ gate: StartGate) {
        self.node = node
        self.settings = settings
        self.gate = gate
    }

    /// Starts to look. The thread ends by itself; if the node is stopped before, with the process.
    func begin() throws(PinnedThread.Failure) {
        node.isPreparing.store(true, ordering: .releasing)
        _ = try PinnedThread(name: "start") { self.run() }
    }

    /// Whether it is known after so long that the node must not start: then it has been said why. If it comes to that later,
    /// the node stops by itself, with exit code 1.
    func isRefused(withinMillis millis: Int) -> Bool {
        decided.wait(millisMax: millis)
        return outcome.withLock { $0 == .refused }
    }

    private func run() {
        let isReady = decide()
        outcome.withLock { $0 = isReady ? .ready : .refused }
        if isReady {
            node.isPreparing.store(false, ordering: .releasing)
        } else {
            node.stopWithFailure()
        }
        decided.signal()
        gate.wakeAll()
    }

    private func decide() -> Bool {
        guard let start = LogStart.prepare(settings, node.logFolder, node.disk, node.logger) else {
            return false
        }
        if settings.log.isOn { node.settleCommitMethod(settings.log, node.logger) }
        do throws(DiskError) {
            let job = try start.loadJob(settings, coreCount: node.coreCount)
            node.persistence.load.withLock { $0 = job }
            node.logStart.withLock { $0 = start }
            return true
        } catch {
            node.logger.critical("\(settings.snapshotFile) cannot be looked at: \(error)")
            return false
        }
    }
}

extension NodeContext {
    /// Ends the node with exit code 1.
    func stopWithFailure() {
        exitCode.store(1, ordering: .releasing)
        isStopping.store(true, ordering: .sequentiallyConsistent)
        Signals.reportCoreEnded()
    }
}

extension CoreState {
    /// The first thing that a core does once it is decided what the node starts from; until then clients wait.
    mutating func beginStartIfPrepared() {
        guard !node.isPreparing.load(ordering: .acquiring), !isStopping else {
            conditions.insert(.loading)
            return
        }
        awaitsStart = false
        beginStart()
    }
}
