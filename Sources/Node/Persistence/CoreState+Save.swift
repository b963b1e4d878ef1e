import Commands
import Keyspace
import Logging
import Reactor
import Wire

// The commands about snapshots.
extension CoreState {
    /// SAVE. Others are served meanwhile; only this client waits.
    mutating func save(_ slot: Int) -> Progress {
        if node.persistence.startedSeconds.load(ordering: .relaxed) >= 0,
            node.persistence.isInBackground.load(ordering: .relaxed)
        {
            connections[slot].reply.error("ERR Background save already in progress" as StaticString)
            return .goOn
        }
        return requestSave(slot, .save)
    }

    /// Has the first core take a snapshot; the client waits for what comes of it.
    mutating func requestSave(_ slot: Int, _ purpose: SaveWaiter.Purpose) -> Progress {
        let waiter = awaitDirector(slot, purpose)
        tell(Self.director) { $0.requestSave(waiter) }
        return .stopAfter
    }

    /// The client waits for what the first core has to say.
    mutating func awaitDirector(_ slot: Int, _ purpose: SaveWaiter.Purpose) -> SaveWaiter {
        let waiter = SaveWaiter(
            purpose: purpose,
            asker: (id, connections[slot].socket, awaitPlace(slot: slot), connections[slot].reply.version))
        block(slot: slot)
        return waiter
    }

    /// BGSAVE [SCHEDULE]
    mutating func bgsave(_ slot: Int, _ call: borrowing Call) -> Progress {
        let count = call.arguments.count
        guard count == 1 || count == 2 && call.arguments[1].spells("schedule") else {
            connections[slot].reply.error("ERR syntax error" as StaticString)
            return .goOn
        }
        let waiter = awaitDirector(slot, .begin)
        let schedules = count == 2
        tell(Self.director) { $0.requestBackgroundSave(waiter, schedules: schedules) }
        return .stopAfter
    }

    /// LASTSAVE
    mutating func lastsave(_ slot: Int) {
        connections[slot].reply.integer(Int(node.persistence.lastSaveSeconds.load(ordering: .relaxed)))
    }

    // MARK: Save points

    /// Once a second, on the first core: a snapshot if a save point says so. After a failure it waits five seconds.
    mutating func saveIfDue() {
        guard id == Self.director, snapshots.director.job == nil, !isStopping,
            !conditions.contains(.loading)
        else { return }
        let points = tuning.savePoints
        if points.isEmpty { return }
        let persistence = node.persistence
        let seconds = now.rawValue / 1000
        if persistence.hasFailed.load(ordering: .relaxed),
            seconds - persistence.lastTrySeconds.load(ordering: .relaxed) <= 5
        {
            return
        }
        // The cores' figures may be a second old: older than the snapshot.
        let (seen, saved) = (node.changes, persistence.changesSaved.load(ordering: .relaxed))
        let changes = seen > saved ? seen - saved : 0
        let elapsed = seconds - persistence.lastSaveSeconds.load(ordering: .relaxed)
        guard let point = points.first(where: { changes >= $0.changes && elapsed > $0.seconds }) else {
            return
        }
        node.sink.logger(core: id.index).notice(
            "\(point.changes) changes in \(point.seconds) seconds. Saving...")
        startBackgroundSave()
    }

    // MARK: Conditions

    /// Whether writes are refused because the last snapshot failed.
    mutating func updateConditions() {
        let isRefusing =
            node.persistence.hasFailed.load(ordering: .relaxed) && tuning.stopsWritesAfterFailedSave
            && !tuning.savePoints.isEmpty
        if isRefusing { conditions.insert(.cannotPersist) } else { conditions.remove(.cannotPersist) }
    }
}

/// What keeps ordinary commands from running. Lives on one core.
struct Conditions: OptionSet {
    let rawValue: UInt8
    /// The data is being loaded.
    static let loading = Conditions(rawValue: 1 << 0)
    /// The last snapshot failed, and writes are to stop then.
    static let cannotPersist = Conditions(rawValue: 1 << 1)
    /// Some core cannot write its log.
    static let cannotLog = Conditions(rawValue: 1 << 2)
}
