import Reactor

/// A change of a connection's receiving that the ring has to make.
struct ReceiveChange {
    let socket: SocketID
    let isPause: Bool
}

extension CoreState {
    /// Later requests of the connection wait in its carry buffer.
    mutating func block(slot: Int) { connections[slot].flags.insert(.blocked) }

    /// The connection goes on with what it carries, later in this turn.
    mutating func unblock(_ socket: SocketID) {
        guard isCurrent(socket) else { return }
        let slot = Int(socket.slot)
        connections[slot].flags.subtract([.blocked, .paused])
        goOn(slot: slot)
    }

    /// So many replies wait to be sent that making more would only fill memory.
    mutating func throttle(slot: Int) { connections[slot].flags.insert(.throttled) }

    /// The client has read enough to be worked for again.
    mutating func endThrottle(slot: Int) {
        connections[slot].flags.remove(.throttled)
        goOn(slot: slot)
    }

    private mutating func goOn(slot: Int) {
        guard connections[slot].flags.isDisjoint(with: .waiting) else { return }
        let socket = connections[slot].socket
        if connections[slot].flags.contains(.receivePaused) {
            connections[slot].flags.remove(.receivePaused)
            receiveList.append(ReceiveChange(socket: socket, isPause: false))
        }
        resumeList.append(socket)
        addToFlushList(slot: slot)
    }

    /// Unblocks the connections whose earlier requests have all been answered by now.
    mutating func unblockAnswered() {
        guard !resumeWhenAnswered.isEmpty else { return }
        var waiting: [SocketID] = []
        for socket in resumeWhenAnswered where isCurrent(socket) {
            if connections[Int(socket.slot)].order.isEmpty { unblock(socket) } else { waiting.append(socket) }
        }
        resumeWhenAnswered = waiting
    }
}

extension Core where Ring: ~Copyable {
    /// Executes what connections carried while they were blocked. That may block them, or others, again.
    mutating func resume() {
        state.unblockAnswered()
        while !state.resumeList.isEmpty {
            var list: [SocketID] = []
            swap(&list, &state.resumeList)
            for socket in list where state.isCurrent(socket) {
                let slot = Int(socket.slot)
                if state.connections[slot].flags.isDisjoint(with: .refusing),
                    !state.connections[slot].carry.isEmpty
                {
                    executeCarried(slot: slot)
                }
            }
            state.deliverToSelf()
            state.unblockAnswered()
        }
    }
}
