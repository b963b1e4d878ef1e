/// Where a command runs. A key lives on one shard; what a command needs of how many shards decides how it travels.
public enum Route: Hashable, BitwiseCopyable, Sendable {
    /// On the core that holds the connection; it needs no shard.
    case connection
    /// On the shard of its first key.
    case firstKey
    /// On every shard that owns one of its keys, each running the same command on its own keys.
    case eachKey(Merge)
    /// Data flows between keys: gathered, combined, applied (`MultiKey`).
    case multiKey
    /// On every shard.
    case everyShard(Merge)
}

/// How the replies of several shards become one. An error from any shard is the reply.
public enum Merge: UInt8, BitwiseCopyable, Sendable {
    /// Integers are added.
    case sum
    /// All say OK, and so does the reply.
    case ok
    /// One element a key, put back in the order of the keys.
    case gather
    /// Arrays are joined.
    case concatenate
    /// The reply of one shard, drawn by its number of keys.
    case draw
    /// One shard after the other; the cursor names the shard (`ScanStep`).
    case cursor
}
