import Commands
import Durability
import Keyspace
import Reactor
import Wire

// What the log of one core has to do with those of the others.
extension CoreState {
    /// Writes are refused on all cores while one cannot log: a client's next write may go anywhere.
    mutating func lookAtLogs() {
        var refusal: Int32 = 0
        for index in 0..<coreCount {
            let code = node.cores[index].logRefusal.load(ordering: .relaxed)
            if code != 0 { refusal = code }
        }
        guard refusal != logRefusal else { return }
        logRefusal = refusal
        if refusal != 0 { conditions.insert(.cannotLog) } else { conditions.remove(.cannotLog) }
    }

    /// A call on whole databases holds all shards: before it is done, a generation of the log begins behind it. On the
    /// origin. Blocks for some syncs, like the steps of a manifest that it is.
    mutating func beginGeneration(of call: MultiCall) {
        let request = call.request
        let whole = Call(
            call.command, request.arguments, hash: .none, database: call.database, now: call.now,
            databaseCount: tuning.databases)
        guard var record = EffectLog.wholeCall(whole) else { return }
        var sum = LogChecksum()
        sum.add(record.bytes)
        LogAnnotation.appendCheck(sum.value, to: &record)
        do throws(DiskError) {
            let generation = try node.logFolder.beginGeneration(
                cores: coreCount, after: record.bytes.copied())
            call.logPaths = generation.paths
        } catch {
            call.logFailure = error.errno
            node.sink.logger(core: id.index).error(
                "append-only file: no new files in \(node.logFolder.path): \(error)")
        }
    }

    // MARK: WAITAOF

    /// Tells those who have waited for what is on the disk now.
    mutating func answerLogWaits() {
        let synced = log.stream.synced
        var waiting: [CoreLog.Waiter] = []
        for waiter in log.waiters {
            if waiter.end <= synced {
                tell(waiter.origin) { $0.logIsSynced(waiter.wait) }
            } else {
                waiting.append(waiter)
            }
        }
        log.waiters = waiting
        if !waiting.isEmpty { log.stream.wantSync() }
    }

    /// A core has put on the disk what a WAITAOF of this one asked for.
    mutating func logIsSynced(_ wait: UInt64) {
        guard var waiting = logWaits[wait] else { return }
        waiting.coresAwaited -= 1
        logWaits[wait] = waiting
        if waiting.coresAwaited == 0, waiting.replicas == 0 { answer(wait) }
    }

    /// Answers the waits whose time is over.
    mutating func endLogWaits() {
        for (wait, waiting) in logWaits {
            if let deadline = waiting.deadline, instant >= deadline { answer(wait) }
        }
    }

    private mutating func answer(_ wait: UInt64) {
        guard let waiting = logWaits.removeValue(forKey: wait) else { return }
        var reply = ReplyWriter(version: waiting.version)
        reply.array(2)
        reply.integer(waiting.local > 0 && waiting.coresAwaited == 0 ? 1 : 0)
        reply.integer(0)
        fulfil(waiting.asker, ticket: waiting.ticket, with: reply.buffer.bytes)
        unblock(waiting.asker)
    }

    /// WAITAOF numlocal numreplicas timeout: waits until everything executed so far is on the disk.
    mutating func waitaof(_ slot: Int, _ call: borrowing Call) -> Progress {
        guard let local = Decimal.parse(call.arguments[1]), 0...1 ~= local else {
            connections[slot].reply.error(
                "ERR value is out of range, must be between 0 and 1" as StaticString)
            return .goOn
        }
        guard let replicas = Decimal.parse(call.arguments[2]), replicas >= 0 else {
            connections[slot].reply.error("ERR value is out of range, must be positive" as StaticString)
            return .goOn
        }
        guard let millis = Decimal.parse(call.arguments[3]) else {
            connections[slot].reply.error("ERR timeout is not an integer or out of range" as StaticString)
            return .goOn
        }
        guard millis >= 0 else {
            connections[slot].reply.error("ERR timeout is negative" as StaticString)
            return .goOn
        }
        guard local == 0 || log.isOn else {
            connections[slot].reply.error(
                "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled." as StaticString)
            return .goOn
        }
        // What it asked before may still be on its way to another core.
        guard connections[slot].order.isEmpty else {
            block(slot: slot)
            resumeWhenAnswered.append(connections[slot].socket)
            return .stopBefore
        }
        logWaitsBegun += 1
        let wait = logWaitsBegun
        logWaits[wait] = LogWait(
            asker: connections[slot].socket, ticket: awaitPlace(slot: slot),
            version: connections[slot].reply.version, local: local, replicas: replicas,
            coresAwaited: local > 0 ? coreCount : 0,
            deadline: millis == 0 ? nil : instant.advanced(byMillis: UInt64(millis)))
        block(slot: slot)
        let origin = id
        if local > 0 {
            for core in 0..<coreCount {
                tell(CoreID(core)) { state in
                    state.log.waiters.append(CoreLog.Waiter(end: state.logEnd, origin: origin, wait: wait))
                    state.log.stream.wantSync()
                }
            }
        } else if replicas == 0 {
            answer(wait)
        }
        return .stopAfter
    }
}

/// A WAITAOF that has not been answered. Lives on the core of its connection.
struct LogWait {
    let asker: SocketID
    let ticket: UInt32
    let version: RESPVersion
    let local: Int64
    /// Copies elsewhere that it waits for: there are none, so it waits for its time to be over.
    let replicas: Int64
    var coresAwaited: Int
    let deadline: Instant?
}
