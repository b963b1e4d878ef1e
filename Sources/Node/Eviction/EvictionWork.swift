import Reactor

/// What one core has to do and has done to keep the node below `maxmemory`. Lives on one core.
struct EvictionWork {
    /// Bytes this core still has to free.
    var debt = 0
    /// Bytes of the shard at the end of the last turn: what is more now has come in since.
    var usedBytesBefore = 0
    /// Bytes evicted since then.
    var freedThisTurn = 0
    /// Work is left over: the next turn must not sleep.
    var isBehind = false
    /// Debts handed to cores that may sleep over them.
    var debtors: [CoreID] = []
    /// Bytes of the connections and their buffers, as of the last count.
    var clientBytes = 0
    /// Connections have gone since.
    var clientBytesAreStale = false

    /// Since when the node has been above the limit, as this core saw it, and for how long it was before.
    var exceededSince: Instant?
    var exceededNanos: UInt64 = 0

    /// A debt of another core is worth waking it for.
    static let debtWorthWaking = 64 << 10
    /// Keys evicted between two looks at the clock.
    static let keysPerLook = 8
    /// What a key takes beside its bytes: header, links of an expiry, its share of the table.
    static let bytesPerKey = 64

    /// What a write may bring: its arguments in blocks, which are up to an eighth larger, and what each of its keys takes.
    static func bytesBrought(byteCount: Int, keys: Int) -> Int {
        byteCount + byteCount / 8 + max(1, keys) * bytesPerKey
    }

    /// The node is above the limit, or is not.
    mutating func noteExceeding(_ isOver: Bool, at now: Instant) {
        if isOver, exceededSince == nil { exceededSince = now }
        if !isOver, let since = exceededSince {
            exceededNanos &+= now.nanoseconds &- since.nanoseconds
            exceededSince = nil
        }
    }

    /// Milliseconds above the limit without end so far.
    func exceededMillisNow(at now: Instant) -> UInt64 {
        guard let since = exceededSince else { return 0 }
        return (now.nanoseconds &- since.nanoseconds) / 1_000_000
    }

    /// All milliseconds above the limit.
    func exceededMillis(at now: Instant) -> UInt64 { exceededNanos / 1_000_000 + exceededMillisNow(at: now) }

    /// Statistics start again (CONFIG RESETSTAT).
    mutating func resetStatistics() { exceededNanos = 0 }
}
