import Reactor

/// What one core spends on compacting its shard. Lives on one core.
struct CompactionWork {
    /// Percent of the core's time; 0 while no pass is under way.
    var effort = 0
    /// When the next slice may begin.
    var nextSlice = Instant(nanoseconds: 0)
    /// When the pass under way began.
    var beganAt = Instant(nanoseconds: 0)
    /// Memory behind the other cores' shards, as of the last millisecond.
    var committedBytesOfOthers = 0
    /// Cycles spent in slices.
    var cycles: UInt64 = 0
    /// Nanoseconds that passes took, pauses between slices included.
    var nanos: UInt64 = 0

    /// A slice takes so long.
    static let sliceMicros: Int64 = 100
    /// Units of work between two looks at the clock: some microseconds.
    static let unitsPerLook = 1024
    /// A pass that ended is not followed by another for so long: what it left will not have changed.
    static let pauseMillis: UInt64 = 100

    /// Huge pages made ahead of what is used, where memory is to be tight.
    static let bytesAhead = 8 << 20

    /// Nanoseconds from one slice to the next at an effort.
    static func interval(at effort: Int) -> UInt64 {
        UInt64(sliceMicros) * 1000 * 100 / UInt64(max(1, min(effort, 100)))
    }
}
