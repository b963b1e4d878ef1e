@_exported import TestSupport
import Testing

@testable import Keyspace

/// Bytes of a text, for keys and values.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension [UInt8] {
    /// The array's bytes.
    var raw: RawSpan {
        // Unsafe: bytes of UInt8 have no padding.
        @_lifetime(borrow self) get { unsafe span.bytes }
    }
}

func array(_ span: RawSpan) -> [UInt8] { unsafe span.withUnsafeBytes { unsafe Array($0) } }

let db0 = DatabaseIndex(rawValue: 0)
let db1 = DatabaseIndex(rawValue: 1)

extension UnixMillis {
    static func + (time: UnixMillis, millis: Int64) -> UnixMillis {
        UnixMillis(rawValue: time.rawValue + millis)
    }
}

extension Shard {
    @discardableResult
    mutating func set(
        _ key: [UInt8], _ value: [UInt8], in db: DatabaseIndex = db0, expiry: ExpiryChange = .clear,
        at now: UnixMillis = start
    ) -> EntryID? {
        store(key.raw, hash(key.raw), in: db, value: value.raw, encoding: .raw, expiry: expiry, at: now)
    }

    mutating func look(
        _ key: [UInt8], in db: DatabaseIndex = db0, at now: UnixMillis = start, _ mode: LookupMode = .write
    ) -> EntryID? {
        find(key.raw, hash(key.raw), in: db, at: now, mode)
    }

    mutating func get(
        _ key: [UInt8], in db: DatabaseIndex = db0, at now: UnixMillis = start, _ mode: LookupMode = .read
    ) -> [UInt8]? {
        guard let id = look(key, in: db, at: now, mode) else { return nil }
        return array(value(of: id))
    }

    /// Every key a full scan returns, in order, with `between` called after each step.
    mutating func scanAll(in db: DatabaseIndex = db0, between: (inout Shard) -> Void = { _ in }) -> [[UInt8]]
    {
        var keys: [[UInt8]] = []
        var cursor: UInt64 = 0
        repeat {
            var ids: [EntryID] = []
            cursor = scan(in: db, from: cursor, into: &ids)
            for id in ids { keys.append(array(key(of: id))) }
            between(&self)
        } while cursor != 0
        return keys
    }
}

/// The value, or a recorded issue. (`#require` takes calls apart, which a `~Copyable` shard or arena does not allow.)
func present<T>(_ value: T?, at location: SourceLocation = #_sourceLocation) throws -> T {
    try #require(value, sourceLocation: location)
}
