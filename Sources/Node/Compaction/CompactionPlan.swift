/// When memory is worth compacting, and how hard: the directives of `activedefrag`. Pure.
struct CompactionPlan: Sendable, Equatable {
    /// `activedefrag`.
    var isActive = false
    /// `active-defrag-ignore-bytes`, this core's share of it.
    var ignoredBytes = 100 << 20
    /// `active-defrag-threshold-lower` and `-upper`: percent of waste.
    var percentMin = 10
    var percentMax = 100
    /// `active-defrag-cycle-min` and `-max`: percent of the core's time.
    var effortMin = 1
    var effortMax = 25

    /// A shard's waste as far as moving blocks could win it back.
    struct Waste {
        var bytes = 0
        /// Of the blocks.
        var percent = 0
        /// The node's pages take more than `maxmemory`.
        var isOverLimit = false
    }

    /// Waste below which not even a full node is compacted.
    private static let pressedPercentMin = 3

    /// The percent of a core's time to spend; 0: nothing to do. By the waste between the thresholds; and whatever
    /// `activedefrag` says, all of it where the pages take more than `maxmemory`, since otherwise keys would have to
    /// go for nothing.
    func effort(for waste: Waste) -> Int {
        if waste.isOverLimit, waste.percent >= Self.pressedPercentMin { return max(effortMin, effortMax) }
        guard isActive, waste.bytes >= ignoredBytes, waste.percent >= percentMin else { return 0 }
        guard percentMax > percentMin, effortMax > effortMin else { return effortMax }
        let share = min(waste.percent, percentMax) - percentMin
        return effortMin + (effortMax - effortMin) * share / (percentMax - percentMin)
    }
}
