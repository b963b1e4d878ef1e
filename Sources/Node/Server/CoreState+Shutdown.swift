import Commands
import Keyspace
import Logging
import Reactor
import Wire

extension CoreState {
    /// SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: an orderly stop, after a snapshot if save points are configured or
    /// it is asked for. Who asked hears nothing; the connection ends.
    mutating func shutdown(_ slot: Int, _ call: borrowing Call) -> Progress {
        guard let request = ShutdownRequest(call.arguments) else {
            connections[slot].reply.error("ERR syntax error" as StaticString)
            return .goOn
        }
        if request.isAbort {
            // A node that is stopping waits for replies only, and finishes.
            connections[slot].reply.error("ERR No shutdown in progress." as StaticString)
            return .goOn
        }
        let logger = node.sink.logger(core: id.index)
        logger.notice("SHUTDOWN asked for by client \(connections[slot].id)")
        if request.mustSave || !request.mustNotSave && !tuning.savePoints.isEmpty {
            return requestSave(slot, .stop(isForced: request.isForced))
        }
        stopNode()
        closeAfterReply(slot: slot)
        return .goOn
    }

    /// The main thread wakes the other cores and waits for them.
    private func stopNode() {
        node.sink.logger(core: id.index).notice("stopping: finishing what is in flight")
        node.isStopping.store(true, ordering: .sequentiallyConsistent)
        Signals.reportCoreEnded()
    }

    /// The main thread has been asked to stop: a snapshot first. On the first core, every turn.
    mutating func stopIfAsked() {
        guard node.persistence.isAskedToStop.load(ordering: .relaxed), !snapshots.director.isStopping else {
            return
        }
        snapshots.director.isStopping = true
        // What has not been loaded yet is in the file still.
        if conditions.contains(.loading) { return stopNode() }
        requestSave(SaveWaiter(purpose: .stop(isForced: false), asker: nil))
    }

    /// Before the last snapshot: what is written from now on would be lost.
    mutating func holdWritesForGood() {
        for core in 0..<coreCount {
            tell(CoreID(core)) { $0.pause.begin(.writes, until: UnixMillis(rawValue: .max)) }
        }
    }

    /// The snapshot before the stop is there, or not.
    mutating func stopAfterSave(_ waiter: SaveWaiter, _ job: SnapshotJob, isForced: Bool) {
        let logger = node.sink.logger(core: id.index)
        if job.failure != nil, !isForced {
            logger.warning("Error trying to save the DB, can't exit.")
            snapshots.director.isStopping = false
            node.persistence.isAskedToStop.store(false, ordering: .relaxed)
            for core in 0..<coreCount { tell(CoreID(core)) { $0.endPause() } }
            return reply(to: waiter) {
                $0.error("ERR Errors trying to SHUTDOWN. Check logs." as StaticString)
            }
        }
        stopWhenNothingIsMissing(waiter, job)
    }

    /// Writes that were on their way to another core when they were held may have come after the snapshot's instant. Then
    /// another one is taken; behind that there can be none.
    private mutating func stopWhenNothingIsMissing(_ waiter: SaveWaiter, _ job: SnapshotJob) {
        let saved = job.changes.load(ordering: .relaxed)
        if job.failure == nil {
            beginStepOnAllShards {
                $0.panel.changes.store($0.shard.changes, ordering: .relaxed)
            } finish: { state in
                if state.node.changes == saved { state.stopFor(waiter) } else { state.requestSave(waiter) }
            }
        } else {
            stopFor(waiter)
        }
    }

    private mutating func stopFor(_ waiter: SaveWaiter) {
        if let asker = waiter.asker {
            tell(asker.core) { state in
                guard state.isCurrent(asker.socket) else { return }
                state.fulfil(asker.socket, ticket: asker.ticket, with: ByteBuffer().bytes)
                state.unblock(asker.socket)
                state.closeAfterReply(slot: Int(asker.socket.slot))
            }
        }
        stopNode()
    }
}

/// The words after SHUTDOWN.
struct ShutdownRequest: Equatable {
    private(set) var mustSave = false
    private(set) var mustNotSave = false
    private(set) var isForced = false
    private(set) var isAbort = false

    /// Nil for words that are none or do not go together.
    init?(_ arguments: Arguments) {
        var words: Set<String> = []
        for index in 1..<max(1, arguments.count) {
            let word = arguments[index].text.lowercased()
            guard ["save", "nosave", "now", "force", "abort"].contains(word) else { return nil }
            words.insert(word)
        }
        if words.contains("abort"), words.count > 1 { return nil }
        if words.isSuperset(of: ["save", "nosave"]) { return nil }
        mustSave = words.contains("save")
        mustNotSave = words.contains("nosave")
        isForced = words.contains("force")
        isAbort = words.contains("abort")
    }
}
