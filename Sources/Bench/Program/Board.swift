import Reactor
import Synchronization

/// What generator cores and the main thread tell each other while a run goes on.
final class RunBoard: Sendable {
    /// Who serves which slot, with the addresses looked up.
    struct Map: Sendable {
        var table: SlotTable
        var addresses: [RemoteAddress]
    }

    /// Nanoseconds of the monotonic clock at which load begins; 0 until all cores are ready.
    let startAt = Atomic<UInt64>(0)
    /// Somebody wants the run to end now.
    let isStopped = Atomic<Bool>(false)
    /// Counts the maps that have been published.
    let mapVersion = Atomic<Int>(1)
    /// A core has been sent elsewhere: the map is old, or lacks an endpoint.
    let wantsMap = Atomic<Bool>(false)
    /// Endpoints that ASK has named, whether they serve slots or not: every map from then on has them.
    let asked = Mutex<Set<SlotTable.Endpoint>>([])
    let map: Mutex<Map>
    let cores: [CoreBoard]

    init(_ map: Map, cores: Int) {
        self.map = Mutex(map)
        self.cores = (0..<cores).map { _ in CoreBoard() }
    }
}

/// What one core shows.
final class CoreBoard: Sendable {
    /// Where a core stands.
    enum Stage: UInt8, AtomicRepresentable {
        case preparing, populating, ready, running, ended
    }

    let stage = Atomic<Stage>(.preparing)
    /// Answers so far, warm-up and population with them.
    let answered = Atomic<UInt64>(0)
    let errors = Atomic<UInt64>(0)
    /// Requests under way or due.
    let waiting = Atomic<UInt64>(0)
    /// The longest an answer took since somebody looked, in nanoseconds.
    let slowest = Atomic<UInt64>(0)
    /// What it counted, or why it could not; set before the stage is `ended`.
    let result = Mutex<Result<Tally, OptionError>?>(nil)
}
