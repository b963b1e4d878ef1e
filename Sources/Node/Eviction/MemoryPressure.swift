/// How near a node is to `maxmemory`, and what follows from it. Pure.
///
/// ```
///  used    |------------------- 95 % ======== limit
///  freed for each byte that comes in:  0 ... 1 ... 1.5      one for one at 99 % of the limit
/// ```
/// Eviction pays for growth, ahead of the limit: what a turn stored is freed again by the same turn's background slice, the
/// nearer to the limit the more of it. So an idle node evicts nothing, and a busy one settles just below the limit
/// and hardly ever has to evict while a write waits.
struct MemoryPressure: Equatable {
    /// Bytes of `maxmemory`; more than 0.
    let limit: Int
    /// Bytes that count, of all cores.
    let used: Int

    var isOver: Bool { used > limit }

    /// Bytes above the limit.
    var excess: Int { max(0, used - limit) }

    /// Where eviction begins: 95 % of the limit.
    static func floor(of limit: Int) -> Int { limit - limit / 20 }

    /// Bytes that pages may take beyond what is used before keys have to go for it: a 32nd of the limit, and what a few
    /// half empty slabs of every size make out in a small node.
    static func waste(of limit: Int) -> Int { limit / 32 + (8 << 20) }

    var isEvicting: Bool { used > Self.floor(of: limit) }

    /// Bytes to free for so many that came in.
    func debt(forGrowth growth: Int) -> Int {
        guard growth > 0, isEvicting else { return 0 }
        let begin = Self.floor(of: limit)
        let share = min(1, Double(used - begin) / Double(max(1, limit - begin)))
        return Int(Double(growth) * 1.5 * share * share)
    }

    /// This core's part of what all have to free, by what it could give.
    static func share(of debt: Int, _ mine: Int, of all: Int) -> Int {
        guard all > 0, debt > 0 else { return 0 }
        return Int((Int128(debt) * Int128(mine) + Int128(all) - 1) / Int128(all))
    }
}

/// `maxmemory-eviction-tenacity`: how long a slice of eviction may take. Pure.
enum EvictionTenacity {
    /// Microseconds a turn; nil for as long as it takes. 100 at the default of 10; in proportion below, 15 % more for each
    /// step above, as in Redis (whose cycles are five times as long, and rarer).
    static func micros(_ tenacity: Int) -> Int64? {
        if tenacity >= 100 { return nil }
        if tenacity <= 10 { return Int64(max(1, tenacity * 10)) }
        var micros = 100.0
        for _ in 10..<tenacity { micros *= 1.15 }
        return Int64(micros)
    }
}
