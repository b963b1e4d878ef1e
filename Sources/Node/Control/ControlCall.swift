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

    init(
        origin: CoreID, round: UInt64, core: CoreID, body: @escaping @Sendable (inout CoreState) -> any Sendable
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

    /// Another core asks.
    mutating func perform(_ call: ControlCall) {
        call.answer = call.body(&self)
        outbox.post(.controlDone(call), to: call.origin)
    }

    /// A core has answered.
    mutating func finish(_ call: ControlCall) {
        guard var round = control.rounds.removeValue(forKey: call.round) else { return }
        round.answers[call.core.index] = call.answer
        round.awaited -= 1
        guard round.awaited == 0 else {
            control.rounds[call.round] = round
            return
        }
        var reply = ReplyWriter(version: round.version)
        round.finish(&self, round.answers.compactMap { $0 }, &reply)
        fulfil(round.asker, ticket: round.ticket, with: reply.buffer.bytes)
        unblock(round.asker)
    }
}
