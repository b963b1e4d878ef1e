public import Memory

/// Milliseconds since 1970-01-01 00:00 UTC.
@frozen public struct UnixMillis: Comparable, Hashable, Sendable {
    /// The milliseconds; before 1970 negative.
    public var rawValue: Int64

    /// A time by its milliseconds.
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The earlier of two times is the smaller.
    @inlinable public static func < (a: UnixMillis, b: UnixMillis) -> Bool { a.rawValue < b.rawValue }
}

/// A key's hash under the shard's seed. Bits from the top: segment (up to 24), bucket (32), fingerprint (8).
@frozen public struct KeyHash: Hashable, Sendable {
    /// All 64 bits.
    public var rawValue: UInt64

    /// A hash by its bits.
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Which of the shard's databases (SELECT n).
@frozen public struct DatabaseIndex: Hashable, Sendable {
    /// Counted from 0.
    public var rawValue: UInt8

    /// A database by its number, which must be below the shard's count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// An entry found: valid until the next call that stores, resizes or removes *this* entry, or stores any other.
/// A stale one traps with a sentence where it is used to change something.
@frozen public struct EntryID: Hashable, Sendable {
    /// The entry's block.
    public let handle: Handle
    @usableFromInline let segment: Handle
    @usableFromInline let bucket: UInt8
    @usableFromInline let slot: UInt8

    @usableFromInline init(handle: Handle, segment: Handle, bucket: Int, slot: Int) {
        self.handle = handle
        self.segment = segment
        self.bucket = UInt8(truncatingIfNeeded: bucket)
        self.slot = UInt8(truncatingIfNeeded: slot)
    }
}

/// What type of value an entry holds (TYPE).
public enum ValueKind: UInt8, Sendable {
    /// A run of bytes.
    case string = 0
}

/// How a value is kept (OBJECT ENCODING).
public enum Encoding: UInt8, Sendable {
    /// A string of more than 44 bytes, or one that was changed in place.
    case raw = 0
    /// The canonical text of an Int64.
    case int = 1
    /// A string of at most 44 bytes.
    case embstr = 2
}

/// What a store does to the key's expiry time.
public enum ExpiryChange: Sendable {
    /// Leaves it as it is; a new key gets none.
    case keep
    /// Takes it away.
    case clear
    /// Sets it.
    case at(UnixMillis)
}

/// What a lookup leaves behind.
public enum LookupMode: Sendable {
    /// Counts a hit or a miss and touches the access clock.
    case read
    /// Counts a hit or a miss and leaves the access clock alone (TTL, OBJECT, CLIENT NO-TOUCH).
    case inspect
    /// Touches the access clock, counts nothing.
    case write
    /// Touches nothing and counts nothing (a write under CLIENT NO-TOUCH).
    case alter
    /// Touches nothing and counts nothing; an expired entry is not found and not removed.
    case peek

    @inline(__always) var counts: Bool { self == .read || self == .inspect }
    @inline(__always) var touches: Bool { self == .read || self == .write }
}
