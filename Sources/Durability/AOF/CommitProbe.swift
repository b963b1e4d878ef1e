/// How a commit of the log is made under `appendfsync always`.
public enum CommitMethod: String, Sendable, CaseIterable {
    /// A write, then fdatasync.
    case sync = "fdatasync"
    /// One write with O_DSYNC.
    case write = "o_dsync"
}

/// Finds out which way of committing a disk does faster, from the times of a few commits of each. Pure: whoever has a disk
/// makes the commits that `next` asks for.
///
/// The two take turns, so that a disk that others keep busy for a while is slow for both. Fdatasync is what everybody
/// uses and what fails in the best known way: the other has to be clearly better.
public struct CommitProbe: Sendable {
    private var syncNanos: [UInt64] = []
    private var writeNanos: [UInt64] = []

    /// Bytes of one commit: about what a turn of a busy core appends.
    public static let commitBytes = 1024
    /// Commits of each way, at most.
    public static let roundsMax = 12
    /// When so much time has been spent, no other round begins.
    public static let budgetNanos: UInt64 = 50_000_000
    /// The least that a commit has to be faster by: below it, what is measured is chance.
    public static let gainNanosMin: UInt64 = 10_000

    /// Nothing measured.
    public init() {}

    /// The next commit to time; nil when enough has been measured.
    /// - Parameter spent: nanoseconds since the first began.
    public func next(spent: UInt64) -> CommitMethod? {
        if writeNanos.count < syncNanos.count { return .write }
        return syncNanos.count < Self.roundsMax && spent < Self.budgetNanos ? .sync : nil
    }

    /// A commit has taken so long.
    public mutating func add(_ method: CommitMethod, nanos: UInt64) {
        switch method {
        case .sync: syncNanos.append(nanos)
        case .write: writeNanos.append(nanos)
        }
    }

    /// What a commit usually takes one way.
    public func nanos(_ method: CommitMethod) -> UInt64 {
        let times = (method == .sync ? syncNanos : writeNanos).sorted()
        return times.isEmpty ? 0 : times[times.count / 2]
    }

    /// The way to commit: O_DSYNC if it takes at most nine tenths of the time.
    public var choice: CommitMethod {
        let (sync, write) = (nanos(.sync), nanos(.write))
        guard !writeNanos.isEmpty, write < sync, sync - write >= Self.gainNanosMin else { return .sync }
        return write <= sync / 10 * 9 ? .write : .sync
    }
}
