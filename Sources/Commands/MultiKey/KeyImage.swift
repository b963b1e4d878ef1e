public import Keyspace

/// What a command needs to know of one of its keys, detached from the shard that holds it, so that keys of several
/// shards can meet on one core.
public struct KeyImage: Sendable {
    /// What type of value the key holds; nil for a key that does not exist.
    public var kind: ValueKind?
    /// The value, where the command reads it; empty where it only asks whether the key exists.
    public var bytes: [UInt8] = []
    /// How the value is kept.
    public var encoding = Encoding.raw
    /// When the key expires, if it does.
    public var expiry: UnixMillis?

    static let missing = KeyImage(kind: nil)

    var exists: Bool { kind != nil }
}

/// One change that a command makes to one of its keys.
public struct KeyWrite: Sendable {
    /// What becomes of the key.
    public enum Change: Sendable {
        /// It holds a string.
        case store([UInt8], Encoding, ExpiryChange)
        /// It is gone.
        case remove
    }

    /// Which argument of the call is the key.
    public var keyIndex: Int
    /// In which database.
    public var database: DatabaseIndex
    /// What becomes of it.
    public var change: Change
}
