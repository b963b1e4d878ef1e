import Reactor
import Wire

extension CoreState {
    /// Where the next reply of this connection begins in its reply buffer.
    @inline(__always)
    mutating func beginReply(slot: Int) -> Int {
        lendBuffer(slot: slot)
        return connections[slot].reply.buffer.count
    }

    /// A reply has been written since `start`: drops it if the client wants none, parks it if others come first,
    /// counts it if it is an error, and sees to it that it is sent.
    @inline(__always)
    mutating func endReply(slot: Int, since start: Int) {
        if connections[slot].flags.contains(anyOf: .silenced) { dropReply(slot: slot, since: start) }
        if !connections[slot].order.isEmpty {
            connections[slot].park(since: start)
        }
        if connections[slot].reply.buffer.count >= CoreTuning.outputWorthChecking { weighOutput(slot: slot) }
        addToFlushList(slot: slot)
    }

    private mutating func dropReply(slot: Int, since start: Int) {
        connections[slot].reply.buffer.truncate(to: start)
        connections[slot].passSilence()
    }

    /// Takes the place of a reply that is to come later.
    mutating func awaitPlace(slot: Int) -> UInt32 {
        let isSilenced = connections[slot].flags.contains(anyOf: .silenced)
        if isSilenced { connections[slot].passSilence() }
        return connections[slot].order.await(isWanted: !isSilenced)
    }

    /// A reply of another core has come for the place `ticket` of a connection.
    mutating func fulfil(_ socket: SocketID, ticket: UInt32, with reply: RawSpan) {
        // Whoever is being closed for the output it does not read gets no more of it.
        guard isCurrent(socket), !connections[Int(socket.slot)].flags.contains(.closing) else { return }
        let slot = Int(socket.slot)
        lendBuffer(slot: slot)
        connections[slot].fulfil(ticket, with: reply)
        if connections[slot].outputBytes >= CoreTuning.outputWorthChecking { weighOutput(slot: slot) }
        addToFlushList(slot: slot)
    }

    /// Whether the replies that are there wait for those that other cores are about to give: a send costs as much as a dozen
    /// requests, so a pipeline of which half is a hop away is answered in one, not in two. (Redis, too, sends nothing before
    /// it has executed all that it received.) Not while replies wait for a disk: those of other cores wait for theirs then,
    /// and what is held back would begin to wait when they have come.
    @inline(__always)
    mutating func holdsBack(slot: Int) -> Bool {
        guard !connections[slot].order.isEmpty, !log.holdsReads,
            connections[slot].reply.buffer.count < CoreTuning.heldBackMax,
            connections[slot].flags.isDisjoint(with: [.waiting, .waitingForSend])
        else { return false }
        return connections[slot].order.holdsBack()
    }

    /// Writes what is no reply (monitor lines, pushes) where it does not break into awaited replies.
    mutating func push(_ socket: SocketID, _ bytes: RawSpan) {
        guard isCurrent(socket) else { return }
        let slot = Int(socket.slot)
        guard connections[slot].flags.isDisjoint(with: [.closing, .replyOff]) else { return }
        lendBuffer(slot: slot)
        let start = connections[slot].reply.buffer.count
        connections[slot].reply.buffer.append(bytes)
        if !connections[slot].order.isEmpty {
            connections[slot].park(since: start)
        }
        if connections[slot].outputBytes >= CoreTuning.outputWorthChecking { limitOutput(slot: slot) }
        addToFlushList(slot: slot)
    }

    /// Output has grown large: either its class has a limit, or the client is made to read before it may ask on.
    private mutating func weighOutput(slot: Int) {
        limitOutput(slot: slot)
        let limit = tuning.outputLimit(of: connections[slot].flags)
        guard limit.hardBytes == 0, limit.softBytes == 0 else { return }
        if connections[slot].outputBytes >= CoreTuning.outputThrottled { throttle(slot: slot) }
    }

    /// A connection may have so much output standing: beyond its class's limit it is closed.
    mutating func limitOutput(slot: Int) {
        let bytes = UInt64(connections[slot].outputBytes)
        let limit = tuning.outputLimit(of: connections[slot].flags)
        if limit.hardBytes > 0, bytes >= limit.hardBytes {
            return closeForOutput(slot: slot)
        }
        guard limit.softBytes > 0, bytes >= limit.softBytes else {
            connections[slot].softLimitSince = 0
            return
        }
        if connections[slot].softLimitSince == 0 {
            connections[slot].softLimitSince = now.rawValue
        } else if now.rawValue - connections[slot].softLimitSince > limit.softSeconds * 1000 {
            closeForOutput(slot: slot)
        }
    }

    private mutating func closeForOutput(slot: Int) {
        statistics.outputLimitDisconnections += 1
        requestClose(connections[slot].socket)
    }
}
