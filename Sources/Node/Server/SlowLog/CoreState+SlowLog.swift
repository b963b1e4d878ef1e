import Commands
import Reactor
import Wire

// MARK: Noting

extension CoreState {
    /// A command of a connection here took long enough for the slow log or the latency monitor.
    @inline(never)
    mutating func noteSlow(_ cycles: UInt64, _ call: borrowing Call, slot: Int) {
        noteLatency(cycles, call.command)
        guard belongsInSlowLog(cycles, call.command) else { return }
        logSlow(cycles, call.command, call.arguments, of: connections[slot].socket)
    }

    /// The same for a request of another core: its client is known there, and so its entry belongs there.
    @inline(never)
    mutating func noteSlow(
        _ cycles: UInt64, _ request: HopRequest, in body: borrowing HopBatch.Body, of origin: CoreID
    ) {
        noteLatency(cycles, request.command)
        guard belongsInSlowLog(cycles, request.command) else { return }
        let (copy, asker, command) = (
            RequestCopy(body.arguments(of: request)), request.asker, request.command
        )
        tell(origin) { $0.logSlow(cycles, command, copy.arguments, of: $0.socket(of: asker)) }
    }

    /// A command that several cores worked on is done; `cycles` is what they spent together.
    mutating func noteMultiCall(_ call: MultiCall, reply: RawSpan) {
        // A gathering that was repeated has been counted as a gathering.
        guard call.isWrite || call.route == .multiKey else { return }
        let cycles = call.parts.reduce(0) { $0 &+ $1.cycles }
        noteShared(StatIndex(call.command), cycles: cycles, reply: reply)
        guard cycles >= tuning.noteworthyCycles else { return }
        noteLatency(cycles, call.command)
        guard belongsInSlowLog(cycles, call.command) else { return }
        let request = call.request
        logSlow(cycles, call.command, request.arguments, of: call.asker)
    }

    func belongsInSlowLog(_ cycles: UInt64, _ command: CommandID) -> Bool {
        cycles >= tuning.slowLogCycles && !CommandTable.profile(of: command).flags.contains(.skipSlowlog)
    }

    /// Makes the entry, on the core of the client.
    mutating func logSlow(
        _ cycles: UInt64, _ command: CommandID, _ arguments: Arguments, of socket: SocketID?
    ) {
        let client = socket.flatMap { isCurrent($0) ? Int($0.slot) : nil }
        diagnostics.slowLog.add(
            SlowLogEntry(
                id: node.takeSlowLogID(), seconds: now.rawValue / 1000, micros: Int64(Cycles.micros(cycles)),
                arguments: SlowLog.trimmed(arguments, secrets: Secrets(of: command, arguments)),
                address: client.map { peerAddress($0) } ?? "",
                clientName: client.flatMap { connections[$0].identity?.name } ?? []),
            keeping: tuning.slowLogEntriesMax)
    }

    /// Which connection of this core asked.
    private func socket(of asker: Asker) -> SocketID? {
        switch asker {
        case .connection(let socket, _), .scanning(let socket, _, _), .drawing(let socket, _, _, _): socket
        case .gathering(let id, _): gatherings.underWay[id]?.asker
        case .nobody: nil
        }
    }
}

// MARK: SLOWLOG

extension CoreState {
    /// SLOWLOG GET [count]
    mutating func slowLogGet(_ slot: Int, _ call: borrowing Call) -> Progress {
        guard call.arguments.count <= 3 else {
            connections[slot].reply.error(
                "ERR unknown subcommand or wrong number of arguments for '\(call.arguments[1].text)'. Try SLOWLOG HELP."
            )
            return .goOn
        }
        var count = 10
        if call.arguments.count == 3 {
            guard let given = Decimal.parse(call.arguments[2]), given >= -1 else {
                connections[slot].reply.error("ERR count should be greater than or equal to -1")
                return .goOn
            }
            count = given < 0 ? Int.max : Int(given)
        }
        let wanted = min(count, tuning.slowLogEntriesMax)
        return askAllCores(slot: slot) { state in
            state.diagnostics.slowLog.entries
        } finish: { _, logs, reply in
            let entries = SlowLog.merge(logs, keeping: wanted)
            reply.array(entries.count)
            for entry in entries { entry.write(to: &reply) }
        }
    }

    /// SLOWLOG LEN
    mutating func slowLogLen(_ slot: Int) -> Progress {
        let most = tuning.slowLogEntriesMax
        return askAllCores(slot: slot) { state in
            state.diagnostics.slowLog.entries.count
        } finish: { _, counts, reply in
            reply.integer(min(most, counts.reduce(0, +)))
        }
    }

    /// SLOWLOG RESET
    mutating func slowLogReset(_ slot: Int) -> Progress {
        askAllCores(slot: slot) { state in
            state.diagnostics.slowLog.removeAll()
        } finish: { _, _, reply in
            reply.ok()
        }
    }
}

extension SlowLogEntry {
    /// Six elements: id, time, microseconds, arguments, address, name.
    func write(to reply: inout ReplyWriter) {
        reply.array(6)
        reply.integer(Int64(id))
        reply.integer(seconds)
        reply.integer(micros)
        reply.array(arguments.count)
        for argument in arguments { reply.bulk(argument.span.raw) }
        reply.bulk(address)
        reply.bulk(clientName.span.raw)
    }
}
