/// What a shard keeps for eviction beside the entries' own clocks. Lives on one core.
struct EvictionState: ~Copyable {
    private(set) var rules = EvictionRules()
    /// What the entries' clocks hold: a copy of the rules' for the one look that every lookup takes.
    private(set) var clock = AccessClock.Kind.seconds
    var pool = EvictionPool()
    var history = AccessHistory()
    private(set) var ghosts: GhostTable?
    /// Bytes besides the arena's.
    private(set) var byteCount = 0
    private var dice: UInt64

    init(seed: UInt64) { dice = seed | 1 }

    /// Other rules from now on. Candidates were chosen by the old ones.
    mutating func adopt(_ rules: EvictionRules) {
        if rules.policy != self.rules.policy { pool.removeAll() }
        self.rules = rules
        clock = rules.policy.clock
        guard clock != .history else { return }
        ghosts = nil
        byteCount = 0
    }

    /// Keys looked at for each key evicted. History looks at three times as many: newcomers are a sixteenth of the keys,
    /// and the oldest of too few is not old.
    var samples: Int {
        let wanted = min(max(rules.samples, 1), 64)
        return clock == .history ? min(wanted * 3, 64) : wanted
    }

    /// Remembers an evicted key. The table is made for twice as many ghosts as there are keys; where there is no memory for
    /// it, nothing is remembered.
    mutating func leaveGhost(_ hash: KeyHash, hits: UInt32, keys: Int) {
        if !(ghosts?.suits(keys: keys) ?? false) {
            ghosts = GhostTable(keys: keys)
            byteCount = ghosts?.byteCount ?? 0
        }
        ghosts?.remember(hash, hits: hits)
    }

    /// What is remembered of a key that comes in: its hits, nil if nothing.
    mutating func takeGhost(_ hash: KeyHash) -> UInt32? {
        ghosts?.take(hash)
    }

    /// Bits by chance, the same on every run with the same seed.
    @inline(__always) mutating func random() -> UInt64 {
        dice ^= dice << 13
        dice ^= dice >> 7
        dice ^= dice << 17
        return dice &* 0x2545_F491_4F6C_DD1D
    }
}
