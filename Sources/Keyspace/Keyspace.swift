/// Keyspace: one shard's data. Lives on one core; others reach it by hop.
///
/// - `Shard` is the room's door: everything the commands do to keys, by hash and by `EntryID`.
/// - `Entry` is a key, its value and their facts in one arena block.
/// - `Table` finds entries by hash: an extendible directory over segments of cache-line buckets.
/// - `Wheel` knows which entries are due: a hierarchical timing wheel threaded through the entries.
/// - `EvictionPolicy` and the folder around it choose what goes when memory is short; `Compaction` moves what stays.
/// - `KeyHasher` turns keys into hashes nobody outside can predict.
///
/// Nothing here reads a clock or a source of randomness: time and seeds come in as arguments.
public enum Keyspace {}
