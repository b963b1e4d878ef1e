import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// Hands each connection's replies to the ring, at most one send in flight per connection: everything that
    /// comes meanwhile gathers in the reply buffer and leaves with the next one. Then closes what has to close.
    mutating func flush() {
        if state.log.isOn { writeLog() }
        for index in state.flushList.indices { flush(slot: Int(state.flushList[index])) }
        state.flushList.removeAll(keepingCapacity: true)
        closeAsked()
        performSnapshotSteps()
        wakePeers()
    }

    private mutating func flush(slot: Int) {
        state.connections[slot].flags.remove(.inFlushList)
        let flags = state.connections[slot].flags
        guard flags.isDisjoint(with: [.sending, .closing]), flags.contains(.open) else { return }
        guard !state.connections[slot].reply.buffer.isEmpty else {
            state.closeIfDone(slot: slot)
            return
        }
        if state.holdsBack(slot: slot) { return }
        if state.log.isOn {
            let count = state.releasable(slot: slot)
            guard count > 0 else { return }
            state.connections[slot].beginSend(count)
        } else {
            state.connections[slot].beginSend()
        }
        let bytes = state.connections[slot].inFlight.count
        state.statistics.bytesSent &+= UInt64(bytes)
        state.statistics.sends &+= 1
        // The buffer belongs to the connection and is not touched before `.sent`, `.sendFailed` or `.closed`.
        let isAwaited = state.isStopping || flags.contains(anyOf: .waitingForSend)
        unsafe ring.send(
            state.connections[slot].socket, state.connections[slot].inFlight.unsafeBytes, isAwaited: isAwaited
        )
    }

    private mutating func closeAsked() {
        if !state.receiveList.isEmpty { changeReceiving() }
        guard !state.closeList.isEmpty else { return }
        for socket in state.closeList { ring.close(socket) }
        state.closeList.removeAll(keepingCapacity: true)
    }

    private mutating func changeReceiving() {
        for change in state.receiveList where state.isCurrent(change.socket) {
            if change.isPause {
                ring.pauseReceiving(change.socket)
            } else {
                ring.resumeReceiving(change.socket)
            }
        }
        state.receiveList.removeAll(keepingCapacity: true)
    }

    /// Publishes the turn's mail and wakes the cores that sleep over theirs.
    private mutating func wakePeers() {
        guard state.coreCount > 1 else { return }
        if !state.monitors.isEmpty { state.mailMonitorLines() }
        for core in state.takeSleepingDebtors() {
            state.statistics.wakesSent += 1
            ring.wake(state.peers[core.index])
        }
        guard !state.outbox.isEmpty else { return }
        for core in state.publishMail() {
            state.statistics.wakesSent += 1
            ring.wake(state.peers[core.index])
        }
    }
}
