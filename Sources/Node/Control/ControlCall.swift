import Commands
import Reactor
import Wire

/// A question to one core on behalf of a command that asks all of them: INFO, CONFIG SET, CLIENT LIST, ...
/// Owned by one core at a time, like a batch.
final class ControlCall: @unchecked Sendable {
    let origin: CoreID
    let round: UInt64
    let core: CoreID
    let body: @Sendable (inout CoreState) -> any Sendable
    var answer: (any Sendable)?
    /// Processor cycles that it took.
    var cycles: UInt64 = 0

    init(
        origin: CoreID, round: UInt64, core: CoreID,
        body: @escaping @Sendable (inout CoreState) -> any Sendable
    ) {
        self.origin = origin
        self.round = round
        self.core = core
        self.body = body
    }
}

/// A question that is under way to all cores. Lives on the core that asked.
struct ControlRound {
    let asker: SocketID
    let ticket: UInt32
    let version: RESPVersion
    var answers: [(any Sendable)?]
    var awaited: Int
    /// The most that a core has spent on it.
    var cycles: UInt64 = 0
    /// The command, for the statistics; set when it has returned to the dispatcher.
    var command: (index: StatIndex, id: CommandID, request: RequestCopy)?
    let finish: @Sendable (inout CoreState, [any Sendable], inout ReplyWriter) -> Void
}

/// The rounds of one core.
struct ControlState {
    var rounds: [UInt64: ControlRound] = [:]
    var begun: UInt64 = 0
}

extension CoreState {
    /// Asks every core, then answers the client. The client's later commands wait until then, so that they see
    /// what this one has changed. Not for the data path: closures and existentials are fine here.
    ///
    /// - Parameters:
    ///   - body: runs on each core.
    ///   - finish: runs here with the answers in the order of the cores, and writes the reply.
    mutating func askAllCores<Answer: Sendable>(
        slot: Int, _ body: @escaping @Sendable (inout CoreState) -> Answer,
        finish: @escaping @Sendable (inout CoreState, [Answer], inout ReplyWriter) -> Void
    ) -> Progress {
        if coreCount == 1 {
            let answer = body(&self)
            // Written into a reply of its own: `finish` may change anything of this core, connections included.
            var reply = ReplyWriter(version: connections[slot].reply.version)
            finish(&self, [answer], &reply)
            connections[slot].reply.raw(reply.buffer.bytes)
            return .goOn
        }
        control.begun += 1
        control.rounds[control.begun] = ControlRound(
            asker: connections[slot].socket, ticket: awaitPlace(slot: slot),
            version: connections[slot].reply.version, answers: Array(repeating: nil, count: coreCount),
            awaited: coreCount,
            finish: { state, answers, reply in finish(&state, answers.compactMap { $0 as? Answer }, &reply) })
        block(slot: slot)
        for index in 0..<coreCount {
            let call = ControlCall(origin: id, round: control.begun, core: CoreID(index), body: { body(&$0) })
            outbox.post(.control(call), to: call.core)
        }
        return .stopAfter
    }

    /// Has another core, or this one a little later, do something. Nobody waits for it.
    mutating func tell(_ core: CoreID, _ body: @escaping @Sendable (inout CoreState) -> Void) {
        // Rounds are counted from 1: the answer to round 0 finds nobody.
        outbox.post(.control(ControlCall(origin: id, round: 0, core: core, body: { body(&$0) })), to: core)
    }

    /// Another core asks.
    mutating func perform(_ call: ControlCall) {
        let began = Cycles.now()
        call.answer = call.body(&self)
        call.cycles = Cycles.now() &- began
        outbox.post(.controlDone(call), to: call.origin)
    }

    /// A core has answered.
    mutating func finish(_ call: ControlCall) {
        guard var round = control.rounds.removeValue(forKey: call.round) else { return }
        round.answers[call.core.index] = call.answer
        round.awaited -= 1
        round.cycles = max(round.cycles, call.cycles)
        guard round.awaited == 0 else {
            control.rounds[call.round] = round
            return
        }
        var reply = ReplyWriter(version: round.version)
        round.finish(&self, round.answers.compactMap { $0 }, &reply)
        note(round, reply: reply.buffer.bytes)
        fulfil(round.asker, ticket: round.ticket, with: reply.buffer.bytes)
        unblock(round.asker)
    }

    /// The round that has just begun belongs to this command, which is counted when the round ends.
    mutating func nameRound(_ index: StatIndex, _ call: borrowing Call) {
        control.rounds[control.begun]?.command = (index, call.command, RequestCopy(call.arguments))
    }

    private mutating func note(_ round: ControlRound, reply: RawSpan) {
        guard let command = round.command else { return }
        noteShared(command.index, cycles: round.cycles, reply: reply)
        guard round.cycles >= tuning.noteworthyCycles else { return }
        noteLatency(round.cycles, command.id)
        guard belongsInSlowLog(round.cycles, command.id) else { return }
        let request = command.request
        logSlow(round.cycles, command.id, request.arguments, of: round.asker)
    }
}
