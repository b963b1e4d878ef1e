import Testing

@testable import Reactor

@Suite struct ReceiveTests {
    @Test func twoBuffersStarveASocketWithoutSpinningAndWithoutLosingIt() throws {
        let loop = try TestLoop(.buffers(2, of: 64))
        loop.recyclesAtOnce = false
        let (client, socket) = try loop.connect()
        let text = (0..<640).map { UInt8(truncatingIfNeeded: $0) }
        client.send(text)
        loop.run { $0.held.count == 2 && $0.ring.counters.starvations == 1 }
        #expect(loop.received[socket]?.count == 128)

        // Every buffer is held: the ring has nothing to do and must sleep, not ask again and again.
        let turns = loop.ring.counters.turns
        let before = loop.ring.now()
        let cpu = threadCPUMillis()
        loop.run(millis: 300) { $0.held.count > 2 }
        #expect(loop.ring.now().nanoseconds(since: before) > 250_000_000)
        #expect(loop.ring.counters.turns - turns <= 8)
        #expect(loop.ring.counters.starvations == 1)
        #expect(threadCPUMillis() - cpu < 50)

        // One buffer back, one buffer's worth of bytes; and so on to the end of the stream.
        while let buffer = loop.held.popLast() {
            loop.ring.recycle(buffer)
            let count = loop.received[socket]?.count ?? 0
            if count == 640 { continue }
            #expect(loop.run { ($0.received[socket]?.count ?? 0) > count })
        }
        #expect(loop.received[socket] == text)
        #expect(loop.ring.counters.starvations > 1)
    }

    @Test func starvedSocketsAreServedInTurn() throws {
        let loop = try TestLoop(.buffers(2, of: 64))
        loop.startsReceiving = false
        loop.recyclesAtOnce = false
        let pairs = try (0..<6).map { _ in try loop.connect() }
        for (client, socket) in pairs {
            client.send([UInt8](repeating: 1, count: 64 * 40))
            loop.ring.startReceiving(socket)
        }
        loop.run { $0.held.count == 2 && $0.ring.counters.starvations >= 5 }
        for _ in 0..<60 {
            let count = loop.log.count
            loop.ring.recycle(loop.held.removeFirst())
            loop.run { $0.log.count > count }
        }
        let counts = pairs.map { loop.received[$0.1]?.count ?? 0 }
        #expect(counts.allSatisfy { $0 >= 64 * 8 }, "60 buffers over 6 sockets: \(counts)")
    }

    @Test func aFullCompletionQueueEndsMultishotsAndTheyAreArmedAgain() throws {
        var configuration = RingConfiguration.small
        configuration.submissionEntries = 8
        configuration.completionEntries = 8
        configuration.bufferCount = 256
        configuration.bufferSize = 64
        let loop = try TestLoop(configuration, batch: 3)
        let pairs = try (0..<32).map { _ in try loop.connect() }
        for _ in 0..<20 {
            for (client, _) in pairs { client.send([UInt8](repeating: 7, count: 100)) }
            loop.turn()
        }
        #expect(loop.run { loop in pairs.allSatisfy { loop.received[$0.1]?.count == 2000 } })
        #expect(loop.ring.counters.overflows > 0)
        #expect(loop.ring.counters.rearms > 0)
        #expect(loop.ring.counters.completionsDropped == 0)
    }

    @Test func pausedSocketsReceiveNoMoreUntilResumed() throws {
        let loop = try TestLoop()
        let (client, socket) = try loop.connect()
        client.send("first")
        loop.run { $0.received[socket]?.count == 5 }
        loop.ring.pauseReceiving(socket)
        loop.turn()
        client.send("second")
        loop.run(millis: 100) { ($0.received[socket]?.count ?? 0) > 5 }
        #expect(loop.received[socket]?.count == 5)
        loop.ring.resumeReceiving(socket)
        #expect(loop.run { $0.received[socket]?.count == 11 })
        // Resumed before the cancellation has been carried out: nothing is lost either.
        loop.ring.pauseReceiving(socket)
        loop.ring.resumeReceiving(socket)
        client.send("third")
        #expect(loop.run { $0.received[socket]?.count == 16 })
    }

    @Test func endOfStreamAndResetAreToldApart() throws {
        let loop = try TestLoop()
        let (polite, first) = try loop.connect()
        polite.send("bye")
        polite.finish()
        #expect(loop.run { $0.saw(.peerClosed, first) })
        #expect(loop.received[first]?.count == 3)
        let (rude, second) = try loop.connect()
        rude.reset()
        #expect(loop.run { $0.saw(.receiveFailed, second) })
    }

    @Test func aSmallBatchLeavesTheRestForTheNextTurnWithoutASystemCall() throws {
        let loop = try TestLoop(batch: 2)
        let pairs = try (0..<10).map { _ in try loop.connect() }
        loop.turn()
        for (client, _) in pairs { client.send("x") }
        #expect(loop.run { $0.received.count == 10 })
        #expect(loop.ring.counters.enters < loop.ring.counters.turns)
    }
}
