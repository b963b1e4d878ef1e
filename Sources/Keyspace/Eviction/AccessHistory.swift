/// `allkeys-s3fifo`: what a key has been worth, in 24 bits and without links. Lives in one shard.
///
/// S3-FIFO keeps three queues: a small part of the cache for newcomers, the rest for those that were used again, and ghosts
/// of newcomers that were not. Here the queues are ages, and the head of a queue is the oldest of a sample:
///
/// ```
///  clock    | ticks 20 | newcomer 1 | hits 3 |
/// ```
/// - *Time* is counted in insertions, not seconds: what makes a key old is that others want its place. A tick is a
///   4096th of the keys (one insertion in a small shard); 2^20 ticks are 256 times the cache.
/// - A *newcomer* that is used again becomes a resident. As long as newcomers take more than a sixteenth of the samples,
///   the oldest newcomer goes; so a scan passes through a sixteenth of the cache.
/// - *Hits* count to 7 and are halved for each two caches' worth of insertions since the last touch. Of residents, that
///   with the fewest hits goes, the older first.
/// - A *ghost* (see `GhostTable`) of each evicted key brings it back as a resident with its hits when it is wanted soon.
struct AccessHistory {
    /// Insertions so far, in ticks, and those that do not make a tick yet.
    private var ticks: UInt64 = 0
    private var insertions = 0
    /// Insertions to a tick, and ticks to a halving of hits; follow the number of keys.
    private var insertionsPerTick = 1
    private var halfLife: UInt32 = 2
    /// The share of newcomers among the latest samples, in 65536ths.
    private var newcomerShare = 0

    static var newcomer: UInt32 { 8 }
    static var hitsMax: UInt32 { 7 }
    private static var tickMask: UInt32 { 0xF_FFFF }
    /// A sixteenth, in 65536ths.
    private static var newcomerShareMax: Int { 4096 }

    /// The shard holds so many keys now.
    mutating func resize(keys: Int) {
        insertionsPerTick = max(1, keys >> 12)
        halfLife = UInt32(clamping: max(2, 2 * keys / insertionsPerTick))
    }

    /// A key came in: time goes on. Answers its clock; `ghost` is what is remembered of it.
    mutating func entered(ghostHits ghost: UInt32?) -> UInt32 {
        insertions &+= 1
        if insertions >= insertionsPerTick {
            insertions = 0
            ticks &+= 1
        }
        guard let ghost else { return stamp | Self.newcomer }
        return stamp | min(ghost + 1, Self.hitsMax)
    }

    private var stamp: UInt32 { (UInt32(truncatingIfNeeded: ticks) & Self.tickMask) << 4 }

    /// Ticks since the clock was set.
    private func age(_ clock: UInt32) -> UInt32 {
        (UInt32(truncatingIfNeeded: ticks) &- (clock >> 4)) & Self.tickMask
    }

    /// The hits that still count.
    func hits(_ clock: UInt32) -> UInt32 {
        let halvings = age(clock) / halfLife
        return halvings > 3 ? 0 : (clock & 7) >> halvings
    }

    /// The clock after a touch: one hit more, as a resident.
    func touched(_ clock: UInt32) -> UInt32 { stamp | min(hits(clock) + 1, Self.hitsMax) }

    /// How good a victim the key is: more is better.
    func score(_ clock: UInt32) -> UInt64 {
        let rank: UInt64
        if clock & Self.newcomer != 0 {
            rank = newcomerShare > Self.newcomerShareMax ? 16 : 0
        } else {
            rank = UInt64(1 + Self.hitsMax - hits(clock))
        }
        return rank << 32 | UInt64(age(clock))
    }

    /// One of the latest samples was a newcomer or was not.
    mutating func sampled(_ clock: UInt32) {
        // The mean over about the last 512 samples.
        let here = clock & Self.newcomer != 0 ? 65_536 : 0
        newcomerShare += (here - newcomerShare) / 512
    }
}
