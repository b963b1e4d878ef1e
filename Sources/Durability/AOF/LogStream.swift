/// When written bytes are put on the disk.
public enum SyncPolicy: String, Sendable, CaseIterable {
    /// Before the reply: group commit, one sync for everything that came meanwhile.
    case always
    /// Every second, in the background.
    case everySecond = "everysec"
    /// When the kernel likes.
    case never = "no"
}

/// Decides when one core's log is written and synced, and which replies may go. A pure machine: the loop tells it what
/// has been appended and what has ended, and does what `step` says. Positions count the stream's bytes over all of its
/// files; times are nanoseconds of the monotonic clock.
///
///     synced ≤ written ≤ appended
///     ──────────┬────────┬────────┐
///      on disk  │ kernel │ memory │
///
/// **How it writes.** On ext4 every buffered write through the ring is handed to a worker thread; into the page cache
/// of a healthy disk a plain write costs a fraction of that. So it writes in place (`writeNow`), and through the ring
/// while a sync is under way, or has been found slow: a write that the disk holds up must not hold up the core.
///
/// **How it commits.** Under `always` a commit is a write and a sync, or one write with O_DSYNC, whichever the disk does
/// faster.
///
/// **Which replies may go.** Under `always` what is synced; else what is written, so that a process that is killed loses
/// nothing that it has acknowledged. With `everysec`, if the oldest byte not synced is older than two seconds, replies
/// wait for the disk as under `always`: so a power cut costs two seconds at most, however slow the disk is.
///
/// **What fails.** A write that fails is tried again from the last whole batch, with writes refused meanwhile. A sync
/// that fails is never tried again on that file: the kernel may have dropped the pages, and would not say so again.
public struct LogStream: Sendable {
    /// What the loop has to do now.
    public enum Step: Equatable, Sendable {
        /// Nothing until something ends, is appended, or `deadline` comes.
        case rest
        /// Write all that is appended, in this call.
        case writeNow
        /// Write all that is appended, through the ring; `durable`: with O_DSYNC.
        case write(durable: Bool)
        /// Sync what is written.
        case sync
        /// Stop the node: nothing more can be promised.
        case giveUp(errno: Int32)
    }

    /// What the log can promise at the moment.
    public enum Condition: Equatable, Sendable {
        /// All of it.
        case good
        /// Writing fails; it is tried again.
        case writeFails(errno: Int32)
        /// A sync has failed: until a rewrite has made new files, nothing is certain.
        case syncFailed(errno: Int32)
    }

    /// `appendfsync`.
    public var policy: SyncPolicy
    /// No syncs while a rewrite is under way (`no-appendfsync-on-rewrite`).
    public var isSyncSuspended = false
    /// Whether a commit is one O_DSYNC write instead of a write and a sync: what this disk does faster (`CommitProbe`).
    public var commitsByWrite = false

    /// The end of what has been appended.
    public private(set) var appended: UInt64 = 0
    /// The end of what the kernel has taken.
    public private(set) var written: UInt64 = 0
    /// The end of what is on the disk.
    public private(set) var synced: UInt64 = 0
    /// What it can promise.
    public private(set) var condition = Condition.good
    /// Syncs that had to wait for another, or made replies wait: `aof_delayed_fsync`.
    public private(set) var delayedSyncs: UInt64 = 0

    private var writingTo: UInt64?
    private var isWritingDurably = false
    private var syncingTo: UInt64?
    private var syncBegan: UInt64 = 0
    /// When the oldest byte was written that no sync under way covers; and that the one under way covers.
    private var oldestUnsynced: UInt64?
    private var oldestSyncing: UInt64?
    private var isLate = false
    private var slowUntil: UInt64 = 0
    private var retryAt: UInt64 = 0
    /// Somebody wants everything synced whatever the policy (WAITAOF, a switch of files).
    private var wantedSync: UInt64 = 0

    /// Between two syncs of `everysec`.
    static let syncNanos: UInt64 = 1_000_000_000
    /// Older than this, and replies wait.
    static let lateNanos: UInt64 = 2_000_000_000
    /// A write in place that takes longer shows a slow disk.
    static let slowNanos: UInt64 = 5_000_000
    /// How long it is then taken for slow.
    static let slowForNanos: UInt64 = 1_000_000_000
    /// Between two attempts to write.
    static let retryNanos: UInt64 = 200_000_000

    /// A stream at its beginning.
    public init(policy: SyncPolicy) { self.policy = policy }

    // MARK: What to do

    /// What to do now. Call it until it says `rest`.
    public mutating func step(appended end: UInt64, now: UInt64) -> Step {
        appended = end
        noteLateness(now)
        if case .syncFailed(let errno) = condition, policy == .always { return .giveUp(errno: errno) }
        if case .writeFails = condition, now < retryAt { return .rest }
        if writingTo == nil, written < appended, let step = beginWrite(now) { return step }
        if mustSync(now) {
            syncingTo = written
            syncBegan = now
            (oldestSyncing, oldestUnsynced) = (oldestUnsynced, nil)
            return .sync
        }
        return .rest
    }

    private mutating func beginWrite(_ now: UInt64) -> Step? {
        if policy == .always {
            // One commit at a time: what comes meanwhile shares the next.
            guard syncingTo == nil else { return nil }
            // O_DSYNC covers the bytes of its own write only: what is older has to be on the disk already.
            if commitsByWrite, !isSyncSuspended, synced == written {
                (writingTo, isWritingDurably) = (appended, true)
                return .write(durable: true)
            }
            return .writeNow
        }
        guard syncingTo == nil, now >= slowUntil else {
            writingTo = appended
            return .write(durable: false)
        }
        return .writeNow
    }

    private func mustSync(_ now: UInt64) -> Bool {
        guard condition == .good, syncingTo == nil, writingTo == nil, synced < written else { return false }
        if wantedSync > synced { return true }
        guard !isSyncSuspended else { return false }
        switch policy {
        case .always: return true
        case .everySecond: return now >= syncBegan &+ Self.syncNanos
        case .never: return false
        }
    }

    private mutating func noteLateness(_ now: UInt64) {
        guard policy == .everySecond, !isSyncSuspended, let oldest = oldestSyncing ?? oldestUnsynced else {
            isLate = false
            return
        }
        let wasLate = isLate
        isLate = now > oldest &+ Self.lateNanos
        if isLate, !wasLate { delayedSyncs += 1 }
    }

    /// When `step` should be asked again even if nothing happens; nil: no matter when.
    public var deadline: UInt64? {
        if case .writeFails = condition { return retryAt }
        guard policy == .everySecond, condition == .good, !isSyncSuspended else { return nil }
        if syncingTo != nil { return oldestSyncing.map { $0 &+ Self.lateNanos &+ 1 } }
        return synced < written ? syncBegan &+ Self.syncNanos : nil
    }

    // MARK: What has happened

    /// The write in this call has taken everything.
    public mutating func wroteNow(from began: UInt64, to now: UInt64) {
        if now > began &+ Self.slowNanos { slowUntil = now &+ Self.slowForNanos }
        noteWritten(to: appended, now)
    }

    /// The write through the ring has taken everything.
    public mutating func wrote(now: UInt64) {
        guard let end = writingTo else { preconditionFailure("a write ended that never began") }
        writingTo = nil
        if isWritingDurably {
            isWritingDurably = false
            condition = .good
            (written, synced) = (end, end)
        } else {
            noteWritten(to: end, now)
        }
    }

    private mutating func noteWritten(to end: UInt64, _ now: UInt64) {
        if case .writeFails = condition { condition = .good }
        written = end
        if oldestUnsynced == nil { oldestUnsynced = now }
    }

    /// A write has failed; the file ends where it did before.
    public mutating func writeFailed(_ errno: Int32, now: UInt64) {
        let wasDurable = isWritingDurably
        (writingTo, isWritingDurably) = (nil, false)
        retryAt = now &+ Self.retryNanos
        // An O_DSYNC write may have failed at the sync. Full disks say so before anything is written.
        if wasDurable, !Self.isShortage(errno) { return syncFailed(errno) }
        if case .syncFailed = condition { return }
        condition = .writeFails(errno: errno)
    }

    /// What a later attempt may mend: the disk is full, or a limit reached.
    static func isShortage(_ errno: Int32) -> Bool {
        // ENOSPC, EDQUOT, EFBIG, ENOMEM, EAGAIN
        [28, 122, 27, 12, 11].contains(errno)
    }

    /// The sync is over.
    public mutating func synced(now: UInt64) {
        guard let end = syncingTo else { preconditionFailure("a sync ended that never began") }
        syncingTo = nil
        synced = max(synced, end)
        oldestSyncing = nil
        noteLateness(now)
    }

    /// A sync has failed.
    public mutating func syncFailed(_ errno: Int32) {
        syncingTo = nil
        oldestSyncing = nil
        condition = .syncFailed(errno: errno)
    }

    /// Everything appended so far is to be synced soon, whatever the policy.
    public mutating func wantSync() { wantedSync = appended }

    /// Whether nothing is under way: only then may the file be switched or cut.
    public var isIdle: Bool { writingTo == nil && syncingTo == nil }

    /// Whether a sync is under way.
    public var isSyncing: Bool { syncingTo != nil }

    /// Everything that was appended is in the kernel's hands, and nothing is under way.
    public var isDrained: Bool { isIdle && written == appended }

    /// What comes now goes to a new file that begins a new history: whatever became of the old ones, a base holds it.
    public mutating func beginAnew(now: UInt64) {
        precondition(isIdle, "files are switched between operations")
        condition = .good
        synced = written
        (oldestUnsynced, oldestSyncing, isLate) = (nil, nil, false)
        syncBegan = now
    }

    // MARK: Replies

    /// Replies whose effects end here or before may go.
    public var acknowledged: UInt64 {
        switch policy {
        // Whoever suspends syncs during a rewrite wants the promise of `never` meanwhile, and no replies that wait for its end.
        case .always: isSyncSuspended ? written : synced
        case .everySecond where isLate: synced
        default: written
        }
    }

    /// The errno value because of which writes are refused; 0: they are not.
    public var refusal: Int32 {
        switch condition {
        case .good: 0
        case .writeFails(let errno), .syncFailed(let errno): errno
        }
    }
}
