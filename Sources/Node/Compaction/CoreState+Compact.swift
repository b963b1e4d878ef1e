import Keyspace
import Reactor

// Compaction in slices, a set part of the core's time: Redis's active defragmentation.
extension CoreState {
    /// The turn's slice, if one is due. Called each turn.
    mutating func compactIfDue() {
        guard instant >= compaction.nextSlice else { return }
        if compaction.effort == 0 { return beginCompactionIfWorthIt() }
        let slice = Cycles.ticks(micros: CompactionWork.sliceMicros)
        let began = Cycles.now()
        var isRunning = true
        while isRunning, Cycles.now() &- began < slice {
            isRunning = shard.compact(units: CompactionWork.unitsPerLook)
        }
        let spent = Cycles.now() &- began
        compaction.cycles &+= spent
        noteLatency(spent, of: .activeDefragCycle)
        compaction.nextSlice = instant.advanced(
            byNanoseconds: CompactionWork.interval(at: compaction.effort))
        if !isRunning { endCompaction() }
    }

    private mutating func beginCompactionIfWorthIt() {
        let effort = tuning.compaction.effort(for: waste)
        compaction.nextSlice = instant.advanced(byMillis: CompactionWork.pauseMillis)
        guard effort > 0, shard.beginCompaction() else { return }
        compaction.effort = effort
        compaction.beganAt = instant
        compaction.nextSlice = instant
    }

    private mutating func endCompaction() {
        compaction.nanos &+= instant.nanoseconds &- compaction.beganAt.nanoseconds
        compaction.effort = 0
        compaction.nextSlice = instant.advanced(byMillis: CompactionWork.pauseMillis)
    }

    private var waste: CompactionPlan.Waste {
        CompactionPlan.Waste(
            bytes: shard.heldBytes - shard.usedBytes, percent: shard.fragmentationPercent,
            isOverLimit: tuning.maxMemory > 0
                && committedBytesOfAll > tuning.maxMemory
                    + MemoryPressure.waste(of: tuning.maxMemory) / 4
        )
    }

    /// Settings have changed: a pass that is not wanted any more ends.
    mutating func reconsiderCompaction() {
        compaction.nextSlice = instant
        guard compaction.effort > 0 else { return }
        let effort = tuning.compaction.effort(for: waste)
        if effort > 0 { return compaction.effort = effort }
        shard.endCompaction()
        endCompaction()
    }

    /// Memory behind all shards; the others' part is a millisecond old.
    var committedBytesOfAll: Int { compaction.committedBytesOfOthers + shard.committedBytes }

    /// Keeps what is ready for use within what `maxmemory` leaves, and small where waste is compacted: free pages and
    /// pages ahead are resident too.
    mutating func limitSpareMemory() {
        guard tuning.maxMemory > 0 else {
            guard tuning.compaction.isActive else { return }
            let spare = max(1 << 20, shard.usedBytes / 64)
            return shard.limitSpare(to: spare, ahead: CompactionWork.bytesAhead)
        }
        compaction.committedBytesOfOthers = node.committedBytes(besides: id)
        let left = max(0, tuning.maxMemory - committedBytesOfAll) / coreCount
        let spare = max(1 << 20, tuning.maxMemory / 64 / coreCount)
        shard.limitSpare(to: spare, ahead: left)
    }
}
