import Synchronization

/// Counts the multi-shard writes of the whole node, so that a read which gathers from several shards without
/// locking them can tell whether it may have seen half of one. Shared by all cores; touched only by multi-shard
/// commands.
///
/// A gathering read notes `stamp()` before it asks and compares after the last answer: no write was under way at
/// the start, and none has begun since, so what it gathered is whole. Otherwise it asks again in order.
final class MultiWrites: Sendable {
    private let begun = Atomic<UInt64>(0)
    private let ended = Atomic<UInt64>(0)

    /// A write begins; before the first shard hears of it.
    func begin() { begun.add(1, ordering: .sequentiallyConsistent) }

    /// A write is done on all shards.
    func end() { ended.add(1, ordering: .sequentiallyConsistent) }

    /// The number of writes begun if none is under way; nil otherwise.
    func stamp() -> UInt64? {
        // `ended` first: if a write begins and ends between the two loads, `begun` shows it.
        let ended = ended.load(ordering: .sequentiallyConsistent)
        let begun = begun.load(ordering: .sequentiallyConsistent)
        return begun == ended ? begun : nil
    }
}
