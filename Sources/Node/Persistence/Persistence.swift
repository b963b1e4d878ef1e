import Synchronization

/// What the node knows about its snapshots: figures for INFO, and what cores tell each other. Shared; all of it atomic.
/// Written by the first core, which runs the jobs, unless something else is said.
final class Persistence: Sendable {
    /// When the last good snapshot was finished, in seconds; at first, when the node started.
    let lastSaveSeconds: Atomic<Int64>
    /// When the last attempt began, in seconds.
    let lastTrySeconds = Atomic<Int64>(0)
    /// Whether the last snapshot in the background failed.
    let hasFailed = Atomic<Bool>(false)
    /// How long the last one took; -1 before there was one.
    let lastDurationSeconds = Atomic<Int64>(-1)
    /// When the one under way began, in seconds; -1 when there is none.
    let startedSeconds = Atomic<Int64>(-1)
    /// Whether somebody waits for the one under way (SAVE), or nobody does (BGSAVE).
    let isInBackground = Atomic<Bool>(false)
    /// Good snapshots so far.
    let saves = Atomic<Int>(0)
    /// Writes of all shards that the last good snapshot contains.
    let changesSaved = Atomic<UInt64>(0)
    /// Keys of the snapshot under way. Every core adds to those that are done.
    let keysTotal = Atomic<Int>(0)
    let keysDone = Atomic<Int>(0)
    /// The most that the last snapshot held in memory.
    let lastBytesHeld = Atomic<Int>(0)

    /// Cores that hold so much of a snapshot that writes have to wait for the disk. Every core counts itself.
    let coresCongested = Atomic<Int>(0)

    /// Keys of the last load: stored, and passed over because their time was over.
    let keysLoaded = Atomic<Int>(0)
    let keysExpired = Atomic<Int>(0)
    /// The file that is being loaded.
    let load = Mutex<LoadJob?>(nil)
    /// The temporary file of the job under way: removed if the node ends before it does.
    let temporaryPath = Mutex<String?>(nil)

    /// Set by the main thread: save, then stop.
    let isAskedToStop = Atomic<Bool>(false)

    init(startedSeconds seconds: Int64) {
        lastSaveSeconds = Atomic(seconds)
    }
}
