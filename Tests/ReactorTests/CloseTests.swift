import CShims
import Testing

@testable import Reactor

@Suite struct CloseTests {
    @Test func closeWithEverythingPendingFreesTheSlotForAnotherGeneration() throws {
        let loop = try TestLoop()
        let (client, first) = try loop.connect(receiveBuffer: 4096)
        let bytes = unsafe borrowedBytes(16_000_000)
        unsafe loop.ring.send(first, UnsafeRawBufferPointer(bytes), isAwaited: false)
        loop.turn()
        loop.ring.close(first)
        #expect(loop.run { $0.saw(.closed, first) })
        // From here on the kernel does not read the memory any more.
        unsafe bytes.deallocate()
        #expect(!loop.saw(.sent, first) && !loop.saw(.sendFailed, first))

        let (other, second) = try loop.connect()
        #expect(second.slot == first.slot && second.generation == first.generation + 1)
        client.send("from the grave")
        other.send("alive")
        #expect(loop.run { $0.received[second]?.count == 5 })
        #expect(loop.received[first] == nil)
        #expect(loop.log.last { $0.socket == first }?.kind == .closed)
        #expect(loop.ring.openSockets == 1)
    }

    @Test func aCompletionOfAnEarlierGenerationIsDropped() throws {
        let loop = try TestLoop()
        let (client, socket) = try loop.connect()
        let stale = IORing.token(.receive, slot: socket.slot, generation: socket.generation + 1)
        let unknown = IORing.token(.send, slot: 999, generation: 1)
        for token in [stale, unknown] {
            let entry = unsafe loop.ring.nextSubmission()
            unsafe io_uring_prep_nop(entry)
            unsafe entry.pointee.user_data = token
        }
        let count = loop.log.count
        loop.turn()
        #expect(loop.log.count == count)
        #expect(loop.ring.counters.staleCompletions == 2)
        client.finish()
    }

    @Test func closingWhileStarvedLeavesTheListIntact() throws {
        let loop = try TestLoop(.buffers(2, of: 64))
        loop.recyclesAtOnce = false
        let pairs = try (0..<4).map { _ in try loop.connect() }
        for (client, _) in pairs { client.send([UInt8](repeating: 3, count: 640)) }
        loop.run { $0.held.count == 2 && $0.ring.links.starvedCount == 4 }
        #expect(loop.ring.links.starvedCount == 4)
        loop.ring.close(pairs[1].1)
        loop.ring.close(pairs[3].1)
        #expect(loop.run { $0.saw(.closed, pairs[1].1) && $0.saw(.closed, pairs[3].1) })
        loop.recyclesAtOnce = true
        for buffer in loop.held { loop.ring.recycle(buffer) }
        #expect(loop.run { $0.received[pairs[0].1]?.count == 640 && $0.received[pairs[2].1]?.count == 640 })
        #expect(loop.ring.links.starvedCount == 0)
    }

    @Test func manyOpenAndCloseAtOnce() throws {
        let loop = try TestLoop()
        for _ in 0..<20 {
            let clients = try (0..<50).map { _ in try TestClient(port: loop.port) }
            let from = loop.accepted.count
            #expect(loop.run { $0.accepted.count == from + 50 })
            for client in clients { client.send("x") }
            // Some are closed by us while bytes are on their way, some by the client.
            for socket in loop.accepted[from..<(from + 25)] { loop.ring.close(socket) }
            for client in clients[25...] { client.finish() }
            loop.run { loop in loop.accepted[(from + 25)...].allSatisfy { loop.saw(.peerClosed, $0) } }
            for socket in loop.accepted[(from + 25)...] { loop.ring.close(socket) }
            #expect(loop.run { $0.ring.openSockets == 0 })
        }
        #expect(loop.ring.links.count <= 50)
        #expect(loop.log.filter { $0.kind == .closed }.count == 1000)
        #expect(loop.ring.buffers.onLoan == 0)
    }
}
