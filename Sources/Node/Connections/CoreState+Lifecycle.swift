import BasicContainers
import Commands
import Keyspace
import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// A connection came in. It is refused with a sentence when the node is full, or when it comes from elsewhere
    /// and nobody has set a password.
    mutating func accepted(_ event: Event) {
        let origin = ListenerIndex(listener: Int(event.count))
        let descriptor = ring.descriptor(of: event.socket)
        state.open(event.socket, descriptor: descriptor, through: origin)
        if state.node.connections > state.tuning.maxClients { makeRoom() }
        if let refusal = state.refusal(descriptor: descriptor, through: origin) {
            state.uncount(slot: Int(event.socket.slot))
            state.connections[Int(event.socket.slot)].reply.error(refusal)
            state.closeAfterReply(slot: Int(event.socket.slot))
        } else {
            ring.startReceiving(event.socket)
        }
    }
}

extension Core where Ring: ~Copyable {
    /// The node seems full: those whose peers have left in this very turn go first.
    private mutating func makeRoom() {
        executeBatch()
        for index in state.flushList.indices { state.closeIfDone(slot: Int(state.flushList[index])) }
    }
}

extension CoreState {
    // MARK: Opening

    /// Makes the slot of `socket` a new connection.
    mutating func open(_ socket: SocketID, descriptor: Int32, through listener: ListenerIndex) {
        let slot = Int(socket.slot)
        while connections.count <= slot {
            connections.append(Connection(socket: .none, id: 0, now: 0))
        }
        connections[slot] = Connection(
            socket: socket, descriptor: descriptor, id: node.takeClientID(), now: now.rawValue)
        connections[slot].flags = [.open, .counted]
        if tuning.passwordIsEmpty { connections[slot].flags.insert(.authenticated) }
        if listener == .unix { connections[slot].flags.insert(.unixSocket) }
        if listener == .corePort { connections[slot].flags.insert(.corePort) }
        connectionCount += 1
        statistics.connectionsAccepted += 1
        node.panel(of: id).connections.store(connectionCount, ordering: .relaxed)
    }

    /// Why a new connection may not stay; nil if it may.
    mutating func refusal(descriptor: Int32, through listener: ListenerIndex) -> StaticString? {
        if node.connections > tuning.maxClients {
            statistics.connectionsRejected += 1
            return "ERR max number of clients reached"
        }
        let mayComeFromElsewhere = !tuning.isProtected || !tuning.passwordIsEmpty || listener == .unix
        if !mayComeFromElsewhere, !SocketAddress.isLoopback(peerOf: descriptor) {
            statistics.connectionsRejected += 1
            return ProtectedMode.explanation
        }
        return nil
    }

    // MARK: Receiving

    /// Notes that bytes came. Returns false if they are for nobody: the connection is being closed.
    @inline(__always)
    mutating func noteReceived(_ socket: SocketID, bytes: Int) -> Bool {
        let slot = Int(socket.slot)
        guard slot < connections.count, connections[slot].socket == socket,
            !connections[slot].flags.contains(.closing)
        else { return false }
        connections[slot].lastActiveAt = now.rawValue
        statistics.bytesReceived &+= UInt64(bytes)
        statistics.receives &+= 1
        return true
    }

    /// A connection that waits or trickles may carry so much and no more.
    mutating func limitCarry(_ slot: Int) {
        let count = connections[slot].carry.count
        let limit =
            connections[slot].flags.contains(.authenticated)
            ? tuning.queryBufferLimit : CoreTuning.unauthenticatedQueryBufferLimit
        if count > limit {
            statistics.queryBufferLimitDisconnections += 1
            requestClose(connections[slot].socket)
        } else if connections[slot].flags.contains(.blocked), count > CoreTuning.blockedCarryLimit,
            !connections[slot].flags.contains(.receivePaused)
        {
            // The peer's window fills instead; bytes flow again when the connection is no longer blocked. Not so for
            // one that is throttled: many clients write all of a pipeline before they read, and would never get
            // there. What they send is kept, up to the query buffer limit.
            connections[slot].flags.insert(.receivePaused)
            receiveList.append(ReceiveChange(socket: connections[slot].socket, isPause: true))
        }
    }

    /// Answers a protocol error and closes behind the answer.
    mutating func refuse(slot: Int, _ error: ProtocolError) {
        statistics.protocolErrors += 1
        let start = beginReply(slot: slot)
        connections[slot].reply.error(error)
        endReply(slot: slot, since: start)
        closeAfterReply(slot: slot)
    }

    /// The peer sends no more. What it asked is still answered; then the connection is closed.
    mutating func peerClosed(_ socket: SocketID) {
        let slot = Int(socket.slot)
        guard isCurrent(socket) else { return }
        connections[slot].flags.insert(.peerClosed)
        addToFlushList(slot: slot)
    }

    // MARK: Closing

    /// Executes nothing more, sends what is to be said, then closes.
    mutating func closeAfterReply(slot: Int) {
        connections[slot].flags.insert(.closingAfterReply)
        connections[slot].carry.removeAll(keepingCapacity: false)
        addToFlushList(slot: slot)
    }

    /// Everything said, nothing awaited: close those that were to go then.
    mutating func closeIfDone(slot: Int) {
        let flags = connections[slot].flags
        guard !flags.isDisjoint(with: [.closingAfterReply, .peerClosed]) else { return }
        let isSilent =
            connections[slot].reply.buffer.isEmpty && !flags.contains(.sending)
            && connections[slot].order.isEmpty
        let isBusy = flags.contains(anyOf: .waiting) && !flags.contains(.closingAfterReply)
        if isSilent && !isBusy { requestClose(connections[slot].socket) }
    }

    /// Closes at the end of this turn, whatever is still to be said.
    mutating func requestClose(_ socket: SocketID) {
        guard isCurrent(socket), !connections[Int(socket.slot)].flags.contains(.closing) else { return }
        connections[Int(socket.slot)].flags.insert(.closing)
        uncount(slot: Int(socket.slot))
        closeList.append(socket)
    }

    /// The ring is done with the socket: the slot is free.
    mutating func closed(_ socket: SocketID) {
        let slot = Int(socket.slot)
        guard isCurrent(socket) else { return }
        if connections[slot].flags.contains(.monitor) { forgetMonitor(socket) }
        uncount(slot: slot)
        connections[slot] = Connection(socket: .none, id: 0, now: 0)
        eviction.clientBytesAreStale = true
    }

    /// The connection makes room for another client: it was refused, or is on its way out.
    mutating func uncount(slot: Int) {
        guard connections[slot].flags.contains(.counted) else { return }
        connections[slot].flags.remove(.counted)
        connectionCount -= 1
        node.panel(of: id).connections.store(connectionCount, ordering: .relaxed)
    }

    /// The node stops: who is not in the middle of something goes, at the latest when the replies under way have left. A
    /// client that asks again with each of them would else never be idle. Who is paused goes too: behind the last snapshot
    /// no write comes.
    mutating func closeIdleConnections() {
        for slot in 0..<connections.count where connections[slot].flags.contains(.open) {
            let flags = connections[slot].flags
            guard flags.isDisjoint(with: [.throttled, .closingAfterReply]),
                !flags.contains(.blocked) || flags.contains(.paused)
            else { continue }
            let isSilent =
                connections[slot].order.isEmpty && connections[slot].reply.buffer.isEmpty
                && !connections[slot].flags.contains(.sending)
            if isSilent { requestClose(connections[slot].socket) } else { closeAfterReply(slot: slot) }
        }
    }

    /// Whether the slot still belongs to this very connection.
    @inline(__always)
    func isCurrent(_ socket: SocketID) -> Bool {
        let slot = Int(socket.slot)
        return slot < connections.count && connections[slot].socket == socket
    }

    mutating func acceptFailed(errno code: Int32) {
        statistics.acceptsFailed += 1
        statistics.acceptErrnoLast = code
    }

    // MARK: Sending

    /// The kernel has taken the replies that were in flight.
    @inline(__always)
    mutating func sent(_ socket: SocketID) {
        guard isCurrent(socket) else { return }
        let slot = Int(socket.slot)
        connections[slot].flags.remove(.sending)
        connections[slot].lastActiveAt = now.rawValue
        recycleBuffer(slot: slot)
        if connections[slot].flags.contains(.throttled),
            connections[slot].outputBytes < CoreTuning.outputThrottled
        {
            endThrottle(slot: slot)
        }
        let hasMore = !connections[slot].reply.buffer.isEmpty
        if hasMore || !connections[slot].flags.isDisjoint(with: [.closingAfterReply, .peerClosed]) {
            addToFlushList(slot: slot)
        }
    }

    /// Puts a connection on the flush list once.
    @inline(__always)
    mutating func addToFlushList(slot: Int) {
        guard !connections[slot].flags.contains(.inFlushList) else { return }
        connections[slot].flags.insert(.inFlushList)
        flushList.append(UInt32(truncatingIfNeeded: slot))
    }

    /// The sent buffer goes to the pool.
    @inline(__always)
    private mutating func recycleBuffer(slot: Int) {
        var buffer = ByteBuffer()
        swap(&buffer, &connections[slot].inFlight)
        bufferPool.takeBack(buffer, bytesMax: tuning.pooledBytesMax)
    }

    /// Lends a reply buffer from the pool to a connection that has none.
    @inline(__always)
    mutating func lendBuffer(slot: Int) {
        guard connections[slot].reply.buffer.capacity == 0, var buffer = bufferPool.lend() else { return }
        swap(&buffer, &connections[slot].reply.buffer)
    }

    /// Bytes of a connection that cannot be executed now. Much at once is the beginning of a large request, which grows into
    /// a buffer that has been large before; little goes where it takes little.
    mutating func carry(_ bytes: RawSpan, slot: Int) {
        if connections[slot].carry.capacity == 0, bytes.byteCount >= CoreTuning.carryWorthPooling,
            var buffer = bufferPool.lend()
        {
            swap(&buffer, &connections[slot].carry)
        }
        connections[slot].carry.append(bytes)
    }
}
