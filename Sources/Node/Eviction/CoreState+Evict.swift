import Commands
import Keyspace
import Reactor
import Wire

// Eviction: a bounded slice each turn, ahead of the limit, and only where that was not enough before a write.
extension CoreState {
    /// How near the node is to the limit. The other cores' part is as of the start of the turn.
    @inline(__always)
    var pressure: MemoryPressure {
        MemoryPressure(
            limit: tuning.maxMemory, used: usedBytesOfOthers + shard.usedBytes + eviction.clientBytes)
    }

    // MARK: Ahead of the limit

    /// The turn's slice. Called once a turn while there is a limit.
    mutating func relieveMemory() {
        if eviction.clientBytesAreStale, pressure.isEvicting { countClientBytes() }
        let pressure = pressure
        eviction.noteExceeding(pressure.isOver, at: instant)
        defer {
            eviction.usedBytesBefore = shard.usedBytes
            eviction.freedThisTurn = 0
        }
        guard tuning.eviction.policy != .noEviction else { return eviction.isBehind = false }
        let growth = shard.usedBytes + eviction.freedThisTurn - eviction.usedBytesBefore
        // Waste counts here: pages beyond the limit are as bad as data, until they have been compacted.
        let slack = MemoryPressure.waste(of: tuning.maxMemory)
        let ahead = MemoryPressure(
            limit: tuning.maxMemory, used: max(pressure.used, committedBytesOfAll - slack))
        let owed = ahead.debt(forGrowth: growth) - eviction.freedThisTurn
        if owed > 0 { share(owed) }
        if coreCount > 1 { eviction.debt += panel.evictionDebt.exchange(0, ordering: .relaxed) }
        guard ahead.isEvicting else {
            eviction.debt = 0
            return eviction.isBehind = false
        }
        if pressure.isOver {
            // Everybody who is awake takes a part; what others will not free in time comes up again next turn.
            let mine = MemoryPressure.share(of: pressure.excess, evictableBytes, of: evictableBytesOfAll)
            eviction.debt = max(eviction.debt, mine)
        }
        workOffDebt()
    }

    /// Evicts until the debt is paid or the slice is over.
    private mutating func workOffDebt() {
        guard eviction.debt > 0 else { return eviction.isBehind = false }
        let freed = evict(atLeast: eviction.debt, within: tuning.evictionCycles)
        eviction.debt = max(0, eviction.debt - freed.bytes)
        eviction.isBehind = eviction.debt > 0 && !freed.isExhausted
        if freed.isExhausted { eviction.debt = 0 }
    }

    /// What has to be freed for what came in here, on all cores by what they hold: so a core that is written to more than
    /// others takes room from them, and the shards' shares follow the data.
    private mutating func share(_ debt: Int) {
        guard coreCount > 1 else { return eviction.debt += debt }
        let all = evictableBytesOfAll
        for index in 0..<coreCount {
            if index == id.index {
                eviction.debt += MemoryPressure.share(of: debt, evictableBytes, of: all)
            } else {
                let theirs = node.cores[index].evictableBytes.load(ordering: .relaxed)
                owe(MemoryPressure.share(of: debt, theirs, of: all), CoreID(index))
            }
        }
    }

    /// Another core has to free so many bytes.
    private mutating func owe(_ debt: Int, _ core: CoreID) {
        guard debt > 0 else { return }
        let owed = node.panel(of: core).evictionDebt.add(debt, ordering: .relaxed)
        let worth = EvictionWork.debtWorthWaking
        if owed.oldValue < worth, owed.newValue >= worth { eviction.debtors.append(core) }
    }

    /// Cores that sleep over what they owe.
    mutating func takeSleepingDebtors() -> [CoreID] {
        guard !eviction.debtors.isEmpty else { return [] }
        defer { eviction.debtors.removeAll(keepingCapacity: true) }
        return eviction.debtors.filter { office.mustWake($0) }
    }

    /// Bytes of this shard that the policy allows to evict, about.
    var evictableBytes: Int {
        guard tuning.eviction.policy.isVolatile else { return shard.usedBytes }
        let keys = shard.keyCount
        return keys == 0 ? 0 : Int(Int128(shard.usedBytes) * Int128(shard.evictableCount) / Int128(keys))
    }

    private var evictableBytesOfAll: Int {
        var sum = evictableBytes
        for index in 0..<coreCount where index != id.index {
            sum += node.cores[index].evictableBytes.load(ordering: .relaxed)
        }
        return sum
    }

    // MARK: Before a write

    /// Whether a write may run although the node is above the limit. It may if eviction brings the node below the limit
    /// now, or frees what the write brings; and where the keys to evict are on other cores, which are told, up to a 64th
    /// above the limit. No write makes an overdrawn node worse.
    ///
    /// No clock stops this eviction: it is work in proportion to the write itself, and refusing a write because the
    /// machine is slow would be an error that nobody could explain. Only having nothing left that may go refuses.
    @inline(never)
    mutating func makesRoom(for arguments: Arguments, _ profile: CommandProfile) -> Bool {
        countClientBytesIfStale()
        if !pressure.isOver { return true }
        guard tuning.eviction.policy != .noEviction else { return false }
        let brought = EvictionWork.bytesBrought(
            byteCount: arguments.byteCount, keys: profile.keyIndices(argumentCount: arguments.count).count)
        let wanted = min(pressure.excess, brought)
        let freed = evict(atLeast: wanted, within: .max)
        if freed.bytes >= wanted { return true }
        guard coreCount > 1 else { return false }
        let excess = pressure.excess
        let others = evictableBytesOfAll - evictableBytes
        guard others > 0, excess + brought <= tuning.maxMemory / 64 else { return false }
        for index in 0..<coreCount where index != id.index {
            let theirs = node.cores[index].evictableBytes.load(ordering: .relaxed)
            owe(MemoryPressure.share(of: wanted - freed.bytes, theirs, of: others), CoreID(index))
        }
        return true
    }

    // MARK: Evicting

    /// Evicts until so many bytes are free or the time (`.max`: as long as it takes) is over; `isExhausted` where nothing
    /// is left that may go.
    private mutating func evict(atLeast bytes: Int, within cycles: UInt64)
        -> (bytes: Int, isExhausted: Bool)
    {
        let began = Cycles.now()
        let before = shard.usedBytes
        var keys = 0
        var isExhausted = false
        while before - shard.usedBytes < bytes {
            guard let victim = shard.chooseVictim(at: now) else {
                isExhausted = true
                break
            }
            remove(victim)
            keys += 1
            if keys % EvictionWork.keysPerLook == 0, Cycles.now() &- began >= cycles { break }
        }
        let freed = max(0, before - shard.usedBytes)
        eviction.freedThisTurn += freed
        if keys > 0 {
            let spent = Cycles.now() &- began
            statistics.evictionCycles &+= spent
            noteLatency(spent, of: .evictionCycle)
        }
        return (freed, isExhausted)
    }

    /// The one place where eviction removes a key: who has to hear of it (a log, a replica, a watcher) is told here, while
    /// the key can still be read.
    private mutating func remove(_ victim: Victim) {
        guard tuning.latencyCycles != .max else { return shard.evict(victim) }
        let began = Cycles.now()
        shard.evict(victim)
        noteLatency(Cycles.now() &- began, of: .evictionDel)
    }
}

extension Arguments {
    /// Bytes of all arguments.
    fileprivate var byteCount: Int {
        var sum = 0
        for index in 0..<ranges.count { sum += Int(ranges[index].length) }
        return sum
    }
}
