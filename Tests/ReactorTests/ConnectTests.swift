import Glibc
import Testing

@testable import Reactor

@Suite struct ConnectTests {
    private func address(_ port: UInt16) throws -> RemoteAddress {
        try RemoteAddress(host: "127.0.0.1", port: port)
    }

    @Test func aConnectionIsThereAndCarriesBytesBothWays() throws {
        let loop = try TestLoop()
        let ours = try loop.ring.connect(to: try address(loop.port))
        #expect(loop.run { $0.saw(.connected, ours) && $0.accepted.count == 1 })
        loop.ring.startReceiving(ours)
        let theirs = loop.accepted[0]
        let question = unsafe borrowedBytes(100)
        let answer = unsafe borrowedBytes(5000)
        defer {
            unsafe question.deallocate()
            unsafe answer.deallocate()
        }
        unsafe loop.ring.send(ours, UnsafeRawBufferPointer(question), isAwaited: false)
        #expect(loop.run { $0.received[theirs]?.count == 100 })
        unsafe loop.ring.send(theirs, UnsafeRawBufferPointer(answer), isAwaited: false)
        #expect(loop.run { $0.received[ours]?.count == 5000 && $0.saw(.sent, theirs) })
        loop.ring.close(ours)
        #expect(loop.run { $0.saw(.closed, ours) && $0.saw(.peerClosed, theirs) })
    }

    @Test func aUnixSocketIsConnectedAlike() throws {
        let loop = try TestLoop()
        let path = "/tmp/coronet-connect-\(getpid()).sock"
        let listener = try Listener.unix(path: path)
        defer {
            _ = close(listener)
            _ = unlink(path)
        }
        loop.ring.listen(on: listener, index: 1)
        let ours = try loop.ring.connect(to: try RemoteAddress(path: path))
        #expect(loop.run { $0.saw(.connected, ours) && $0.accepted.count == 1 })
        loop.ring.startReceiving(loop.accepted[0])
        let question = unsafe borrowedBytes(100)
        defer { unsafe question.deallocate() }
        unsafe loop.ring.send(ours, UnsafeRawBufferPointer(question), isAwaited: true)
        #expect(loop.run { $0.received[$0.accepted[0]]?.count == 100 })

        _ = unlink(path)
        let nobody = try loop.ring.connect(to: try RemoteAddress(path: path))
        #expect(loop.run { $0.saw(.connectFailed, nobody) })
        #expect(loop.log.contains { $0.kind == .connectFailed && $0.count == ENOENT })
        #expect(throws: RemoteAddress.Failure.self) {
            try RemoteAddress(path: String(repeating: "x", count: 200))
        }
    }

    @Test func aRefusalIsAnEventAndTheSocketCanBeClosed() throws {
        let loop = try TestLoop()
        // A port that was ours a moment ago: nobody listens there.
        let listener = try Listener.tcp(host: "127.0.0.1", port: 0, reusePort: false)
        let port = Listener.port(of: listener)
        _ = close(listener)
        let socket = try loop.ring.connect(to: try address(port))
        #expect(loop.run { $0.saw(.connectFailed, socket) })
        #expect(loop.log.contains { $0.kind == .connectFailed && $0.count == ECONNREFUSED })
        loop.ring.close(socket)
        #expect(loop.run { $0.saw(.closed, socket) })
        #expect(loop.ring.openSockets == 0)
    }

    /// A listener whose queue is full leaves further connects hanging: closing must not wait for them.
    @Test func aConnectThatHangsIsCancelledByClose() throws {
        let loop = try TestLoop()
        let full = try Listener.tcp(host: "127.0.0.1", port: 0, backlog: 0, reusePort: false)
        defer { _ = close(full) }
        let target = try address(Listener.port(of: full))
        var sockets: [SocketID] = []
        for _ in 0..<8 { sockets.append(try loop.ring.connect(to: target)) }
        loop.run(millis: 300) { loop in sockets.allSatisfy { loop.saw(.connected, $0) } }
        let hanging = sockets.filter { !loop.saw(.connected, $0) }
        #expect(!hanging.isEmpty)
        for socket in sockets { loop.ring.close(socket) }
        #expect(loop.run { loop in sockets.allSatisfy { loop.saw(.closed, $0) } })
        #expect(hanging.allSatisfy { !loop.saw(.connectFailed, $0) }, "no other event of a closed socket")
    }

    @Test func aRingMayGoWhileItConnects() throws {
        let full = try Listener.tcp(host: "127.0.0.1", port: 0, backlog: 0, reusePort: false)
        defer { _ = close(full) }
        let target = try address(Listener.port(of: full))
        for _ in 0..<3 {
            var ring = try IORing(.small)
            var events = EventBatch(capacity: 16)
            for _ in 0..<4 { _ = try ring.connect(to: target) }
            ring.turn(until: .past, into: &events)
        }
    }

    @Test func namesThatDoNotResolve() {
        #expect(throws: RemoteAddress.Failure.self) {
            try RemoteAddress(host: "no.such.host.invalid", port: 1)
        }
        #expect((try? RemoteAddress(host: "::1", port: 7))?.description == "[::1]:7")
    }

    @Test func simulatedConnections() throws {
        let world = SimulatedWorld(seed: 1)
        var ring = SimulatedRing(world, core: 0)
        var events = EventBatch(capacity: 4)
        let first = try ring.connect(to: try address(1))
        #expect(world.isRunnable(core: 0))
        ring.turn(until: nil, into: &events)
        #expect(events.count == 1 && events[0] == Event(.connected, first))
        #expect(world.dialled(core: 0).map(\.address.description) == ["127.0.0.1:1"])
        ring.startReceiving(first)
        world.dialled(core: 0)[0].peer.send("x")
        ring.turn(until: nil, into: &events)
        #expect(events.count == 1 && events[0].kind == .received)
        ring.recycle(events[0].buffer)

        world.refusesConnections = true
        let second = try ring.connect(to: try address(2))
        ring.turn(until: nil, into: &events)
        #expect(events.count == 1 && events[0] == Event(.connectFailed, second, count: ECONNREFUSED))
        ring.close(second)
        for _ in 0..<5 where events.count == 0 || events[0].kind != .closed {
            ring.turn(until: nil, into: &events)
        }
        #expect(events.count == 1 && events[0] == Event(.closed, second))
    }
}
