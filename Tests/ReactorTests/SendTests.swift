import Glibc
import Testing

@testable import Reactor

@Suite struct SendTests {
    @Test(arguments: [1000, 65_536, 1 << 30])
    func aSlowReaderGetsEveryByte(piece: Int) throws {
        try sendToASlowReader(1_000_000, inPiecesOf: piece, isAwaited: true)
    }

    @Test func aSlowReaderGetsEveryByteOfASendThatIsNotAwaited() throws {
        let loop = try sendToASlowReader(60_000, inPiecesOf: 1 << 30, isAwaited: false)
        #expect(loop.ring.features.silentSends && loop.ring.counters.shortSends >= 1)
    }

    @discardableResult
    private func sendToASlowReader(_ count: Int, inPiecesOf piece: Int, isAwaited: Bool) throws -> TestLoop {
        let loop = try TestLoop()
        loop.ring.sendPieceBytes = piece
        let (client, socket) = try loop.connect(receiveBuffer: 4096)
        let bytes = unsafe borrowedBytes(count)
        defer { unsafe bytes.deallocate() }
        var size: Int32 = 4608
        unsafe setsockopt(
            loop.ring.descriptor(of: socket), SOL_SOCKET, SO_SNDBUF, &size,
            socklen_t(MemoryLayout<Int32>.size))
        unsafe loop.ring.send(socket, UnsafeRawBufferPointer(bytes), isAwaited: isAwaited)
        var got: [UInt8] = []
        while got.count < bytes.count {
            loop.turn(millis: 0)
            let more = client.receive(min(10_000, bytes.count - got.count), waits: false)
            got += more
        }
        #expect(unsafe got.elementsEqual(bytes))
        #expect(loop.run { $0.saw(.sent, socket) })
        #expect(loop.log.filter { $0.kind == .sent }.count == 1)
        if piece < bytes.count { #expect(loop.ring.counters.shortSends >= bytes.count / piece - 1) }
        return loop
    }

    /// `.sent` comes with what ends the turn: at once if it is awaited, else with the deadline or other news.
    @Test(arguments: [true, false])
    func onlyAnAwaitedSendEndsATurn(isAwaited: Bool) throws {
        let loop = try TestLoop()
        let (client, socket) = try loop.connect()
        let bytes = unsafe borrowedBytes(100)
        defer { unsafe bytes.deallocate() }
        unsafe loop.ring.send(socket, UnsafeRawBufferPointer(bytes), isAwaited: isAwaited)
        let began = loop.ring.now()
        loop.turn(millis: 300)
        let millis = loop.ring.now().nanoseconds(since: began) / 1_000_000
        #expect(isAwaited ? millis < 300 : millis >= 300)
        #expect(loop.log.filter { $0.kind == .sent && $0.socket == socket }.count == 1)
        #expect(client.receive(100).count == 100)
    }

    @Test func manySendsAreAllReportedThoughTheBatchIsSmall() throws {
        let loop = try TestLoop(batch: 2)
        var clients: [TestClient] = []
        for _ in 0..<100 { clients.append(try loop.connect().0) }
        let bytes = unsafe borrowedBytes(100)
        defer { unsafe bytes.deallocate() }
        for socket in loop.accepted {
            unsafe loop.ring.send(socket, UnsafeRawBufferPointer(bytes), isAwaited: false)
        }
        #expect(loop.run { $0.log.filter { $0.kind == .sent }.count == 100 })
        #expect(Set(loop.log.filter { $0.kind == .sent }.map(\.socket)) == Set(loop.accepted))
        for client in clients { #expect(client.receive(100).count == 100) }
    }

    @Test(arguments: [true, false])
    func aSocketIsClosedRightBehindASend(isAwaited: Bool) throws {
        let loop = try TestLoop()
        let (client, socket) = try loop.connect()
        let bytes = unsafe borrowedBytes(100)
        defer { unsafe bytes.deallocate() }
        unsafe loop.ring.send(socket, UnsafeRawBufferPointer(bytes), isAwaited: isAwaited)
        loop.ring.close(socket)
        #expect(loop.run { $0.saw(.closed, socket) })
        #expect(!loop.saw(.sent, socket))
        if !isAwaited { #expect(client.receive(200).count == 100) }
    }

    @Test func sendingToAPeerThatHasGoneFailsOnceAndKillsNobody() throws {
        let loop = try TestLoop()
        loop.startsReceiving = false
        let (client, socket) = try loop.connect()
        let bytes = unsafe borrowedBytes(100)
        defer { unsafe bytes.deallocate() }
        client.reset()
        // The first send may still be taken by our own kernel; a later one meets the reset.
        var attempts = 0
        while !loop.saw(.sendFailed, socket) && attempts < 10 {
            attempts += 1
            unsafe loop.ring.send(socket, UnsafeRawBufferPointer(bytes), isAwaited: true)
            let count = loop.log.count
            loop.run { $0.log.count > count }
        }
        let failure = try #require(loop.log.last { $0.kind == .sendFailed })
        #expect([EPIPE, ECONNRESET].contains(failure.count))
        loop.ring.close(socket)
        #expect(loop.run { $0.saw(.closed, socket) })
    }

    @Test func aPeerThatResetsAmidALargeSendEndsIt() throws {
        let loop = try TestLoop()
        let (client, socket) = try loop.connect(receiveBuffer: 4096)
        let bytes = unsafe borrowedBytes(16_000_000)
        defer { unsafe bytes.deallocate() }
        unsafe loop.ring.send(socket, UnsafeRawBufferPointer(bytes), isAwaited: true)
        loop.turn()
        #expect(client.receive(5000).count == 5000)
        client.reset()
        #expect(loop.run { $0.saw(.sendFailed, socket) })
        #expect(!loop.saw(.sent, socket))
    }

    @Test func halfCloseLetsThePeerGoOn() throws {
        let loop = try TestLoop()
        let (client, socket) = try loop.connect()
        loop.ring.shutdownWrite(socket)
        #expect(client.receive(1).isEmpty)
        client.send("still here")
        #expect(loop.run { $0.received[socket]?.count == 10 })
    }
}
