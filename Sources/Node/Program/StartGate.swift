import Reactor
import Synchronization

/// Lets the cores start together: each reports whether it has a ring, all wait for all, and then each knows how to
/// wake the others. Shared; used at start only.
final class StartGate: Sendable {
    enum Report: Sendable {
        case running(WakeHandle, RingFeatures)
        case failed(String)
    }

    private let reports: Mutex<[Report?]>
    private let reported = Semaphore()
    private let opened: [Semaphore]

    init(coreCount: Int) {
        reports = Mutex(Array(repeating: nil, count: coreCount))
        opened = (0..<coreCount).map { _ in Semaphore() }
    }

    /// Called once by each core.
    func report(_ core: CoreID, _ report: Report) {
        reports.withLock { $0[core.index] = report }
        reported.signal()
    }

    /// Called by a core after its report. Returns whether all cores run.
    func waitForAll(_ core: CoreID) -> Bool {
        opened[core.index].wait()
        return failure == nil
    }

    /// Called by the main thread: waits for every report, then lets the cores go. Returns the first failure.
    func open() -> String? {
        for _ in opened { reported.wait() }
        for gate in opened { gate.signal() }
        return failure
    }

    /// Why a core has no ring, if one has none.
    var failure: String? {
        reports.withLock { reports in
            for case .failed(let reason)? in reports { return reason }
            return nil
        }
    }

    /// How to wake each core.
    var wakeHandles: [WakeHandle] {
        reports.withLock { reports in
            reports.compactMap { if case .running(let handle, _)? = $0 { handle } else { nil } }
        }
    }

    /// What the first ring was granted; all are alike.
    var features: RingFeatures? {
        reports.withLock { reports in
            for case .running(_, let features)? in reports { return features }
            return nil
        }
    }

    /// Wakes every core that has started: by a ring of our own, since only a ring can wake a ring.
    func wakeAll() {
        let handles = wakeHandles
        if handles.isEmpty { return }
        var small = RingConfiguration()
        small.submissionEntries = 64
        small.completionEntries = 256
        small.bufferCount = 2
        small.bufferSize = 4096
        // Without a ring they notice at the next round, a second later at most.
        guard var ring = try? IORing(small) else { return }
        for handle in handles { ring.wake(handle) }
        var events = EventBatch(capacity: 16)
        ring.turn(until: .past, into: &events)
    }
}
