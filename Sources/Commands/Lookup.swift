import Keyspace
import Wire

extension Shard {
    /// The call's first key, read: counts a hit or a miss and marks the key as used.
    @inline(__always)
    mutating func read(_ call: borrowing Call) -> EntryID? {
        find(
            call.key, call.hash, in: call.database, at: call.now,
            call.flags.contains(.noTouch) ? .inspect : .read)
    }

    /// The call's first key, about to be changed.
    @inline(__always)
    mutating func write(_ call: borrowing Call) -> EntryID? {
        find(
            call.key, call.hash, in: call.database, at: call.now,
            call.flags.contains(.noTouch) ? .alter : .write)
    }

    /// The call's first key, looked at: counts a hit or a miss and leaves the access time alone.
    @inline(__always)
    mutating func inspect(_ call: borrowing Call) -> EntryID? {
        find(call.key, call.hash, in: call.database, at: call.now, .inspect)
    }

    /// `read`, of a string.
    @inline(__always)
    mutating func readString(_ call: borrowing Call) throws(CommandError) -> EntryID? {
        guard let id = read(call) else { return nil }
        guard kind(of: id) == .string else { throw .wrongKind }
        return id
    }

    /// `write`, of a string.
    @inline(__always)
    mutating func writeString(_ call: borrowing Call) throws(CommandError) -> EntryID? {
        guard let id = write(call) else { return nil }
        guard kind(of: id) == .string else { throw .wrongKind }
        return id
    }

    /// Stores a string under the call's first key.
    @inline(__always)
    mutating func store(
        _ value: RawSpan, _ encoding: Encoding, _ expiry: ExpiryChange, for call: borrowing Call
    ) throws(CommandError) {
        let stored = store(
            call.key, call.hash, in: call.database, value: value, encoding: encoding, expiry: expiry,
            at: call.now, touching: !call.flags.contains(.noTouch))
        guard stored != nil else { throw .outOfMemory }
    }
}

/// Positions from the start, or with a negative number from the end, clipped to what there is: one before the start
/// is the start, so that -9 through -8 is the first of five.
/// - Returns: nil where nothing lies between them.
func clip(from start: Int64, through end: Int64, count: Int) -> ClosedRange<Int>? {
    let length = Int64(count)
    let first = max(start < 0 ? length &+ start : start, 0)
    let last = min(max(end < 0 ? length &+ end : end, 0), length - 1)
    return first <= last ? Int(first)...Int(last) : nil
}
