import Keyspace
import Reactor

/// When the periodic work of a core is due. Lives on one core.
struct BackgroundState {
    /// Nanoseconds between two rounds of bookkeeping.
    static let roundNanos: UInt64 = 1_000_000_000
    var nextRound = Instant(nanoseconds: 0)
    /// Keys reclaimed in one slice: some ten microseconds.
    static let expiriesPerSlice = 128
    /// Work is left over: the next turn must not sleep.
    var isBehind = false
    /// The millisecond in which the shard was looked after last: a busy core has many turns in one.
    var looked = UnixMillis(rawValue: 0)
}

extension CoreState {
    /// A bounded slice of what nobody asked for: expired keys, and once a second the bookkeeping.
    mutating func runBackground() {
        if now != background.looked { lookAround() }
        if now != background.looked || background.isBehind || shard.isDue(at: now) { lookAfterShard() }
        if tuning.maxMemory > 0 {
            usedBytesOfOthers = node.usedBytes(besides: id)
            // What is being loaded was within its limit once; as in Redis it comes in whole, and goes afterwards.
            if !conditions.contains(.loading) { relieveMemory() }
        }
        compactIfDue()
        if shard.usedBytes + eviction.clientBytes != usedBytesShown { showUsedBytes() }
        if replay.isBusy { continueReplay() }
        if !logWaits.isEmpty { endLogWaits() }
        if log.isOn { lookAtLogs() }
        if snapshots.isWalking {
            continueShare()
            followCongestion()
        }
        if loading != nil { continueLoading() }
        if pause.isActive { endPauseIfDue() }
        if instant >= background.nextRound { runRound() }
    }

    /// Once a millisecond: what others may have said about snapshots.
    private mutating func lookAround() {
        if id == Self.director { stopIfAsked() }
        followCongestion()
    }

    /// A slice of expiry, and how much free memory to keep: once a millisecond, and in every turn while there is a backlog.
    private mutating func lookAfterShard() {
        background.looked = now
        limitSpareMemory()
        guard tuning.expiresActively else { return }
        let began = Cycles.now()
        let reclaimed = shard.expire(at: now, atMost: BackgroundState.expiriesPerSlice)
        if reclaimed > 0 { noteExpiry(cycles: Cycles.now() &- began) }
        background.isBehind = reclaimed >= BackgroundState.expiriesPerSlice
    }

    /// Lets the other cores know how much memory this shard uses.
    private mutating func showUsedBytes() {
        usedBytesShown = shard.usedBytes + eviction.clientBytes
        panel.usedBytes.store(usedBytesShown, ordering: .relaxed)
        if coreCount > 1, tuning.maxMemory > 0 {
            panel.committedBytes.store(shard.committedBytes, ordering: .relaxed)
            panel.evictableBytes.store(evictableBytes, ordering: .relaxed)
        }
    }

    /// Once a second.
    private mutating func runRound() {
        background.nextRound = instant.advanced(byNanoseconds: BackgroundState.roundNanos)
        statistics.rates.sample(
            at: now.rawValue, commands: statistics.commands, input: statistics.bytesReceived,
            output: statistics.bytesSent)
        panel.keys.store(keyCount, ordering: .relaxed)
        panel.changes.store(shard.changes, ordering: .relaxed)
        saveIfDue()
        rewriteIfDue()
        if id == Self.director {
            if !tellLogProgress() { logLoading() }
            logSaving()
        }
        panel.rounds.add(1, ordering: .relaxed)
        node.noteUsedBytes()
        logWarnings()
        visitConnections()
        bufferPool.trim()
        countClientBytes()
    }

    /// Looks at each connection: idle for too long, or too much unread output.
    private mutating func visitConnections() {
        for slot in 0..<connections.count where connections[slot].flags.contains(.open) {
            limitOutput(slot: slot)
            guard tuning.timeoutSeconds > 0, !connections[slot].flags.contains(.monitor) else { continue }
            if now.rawValue - connections[slot].lastActiveAt > tuning.timeoutSeconds * 1000 {
                requestClose(connections[slot].socket)
            }
        }
    }

    /// Keys of all databases.
    var keyCount: Int {
        var sum = 0
        for index in 0..<tuning.databases { sum += shard.count(in: DatabaseIndex(rawValue: UInt8(index))) }
        return sum
    }

    /// Until when this core may sleep.
    mutating func deadlineOfSleep() -> Instant {
        if background.isBehind || eviction.isBehind || !outbox.isEmpty { return .past }
        if isSnapshotBusy || loading != nil || replay.isBusy { return .past }
        if coreCount > 1, !office.mayFallAsleep() { return .past }
        if coreCount > 1, panel.evictionDebt.load(ordering: .relaxed) > EvictionWork.debtWorthWaking {
            return .past
        }
        var deadline = background.nextRound
        if tuning.expiresActively, let due = shard.nextExpiryDue {
            let millis = UInt64(max(0, due.rawValue - now.rawValue))
            deadline = min(deadline, instant.advanced(byMillis: millis))
        }
        if compaction.effort > 0 { deadline = min(deadline, compaction.nextSlice) }
        if log.standing == .open, let due = log.stream.deadline {
            deadline = min(deadline, Instant(nanoseconds: due))
        }
        if !logWaits.isEmpty {
            for wait in logWaits.values {
                if let due = wait.deadline { deadline = min(deadline, due) }
            }
        }
        if isStopping { deadline = min(deadline, instant.advanced(byMillis: 10)) }
        if pause.isActive { deadline = min(deadline, instant.advanced(byMillis: pause.remaining(at: now))) }
        if let share = snapshots.share, !share.hasEnded, share.restsUntil > instant {
            deadline = min(deadline, share.restsUntil)
        }
        return deadline
    }
}
