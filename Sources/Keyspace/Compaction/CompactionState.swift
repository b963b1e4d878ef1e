/// Where a pass of compaction is, and what all passes did. Lives in one shard.
///
/// A pass marks sparse slabs (`Arena.markLeaving`), then visits every bucket of every table in the order of the
/// directory, and moves the entries and segments that lie in marked slabs. That order, (database, prefix), outlives
/// splits, and no entry can come into a marked slab, so at the end of the pass the marked slabs are empty.
struct CompactionState {
    /// A pass is under way.
    var isRunning = false
    var database = 0
    /// Of the 24 bits that order the segments.
    var prefix = 0
    var bucket = 0
    var counts = CompactionCounts()
}

/// What compaction did, since the shard was made.
public struct CompactionCounts: Sendable, Equatable {
    /// Passes finished.
    public var passes: UInt64 = 0
    /// Entries moved, and entries looked at that lay well.
    public var keysMoved: UInt64 = 0
    /// See above.
    public var keysLeft: UInt64 = 0
    /// Segments of tables moved, and segments that lay well.
    public var segmentsMoved: UInt64 = 0
    /// See above.
    public var segmentsLeft: UInt64 = 0

    /// Nothing yet.
    public init() {}
}
