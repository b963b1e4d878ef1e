import CShims
import Glibc
import Testing

@testable import Reactor

@Suite struct EchoTests {
    @Test func echoesOverTCPAndFreesTheSlot() throws {
        var configuration = RingConfiguration()
        configuration.bufferCount = 16
        var ring = try IORing(configuration)
        var events = EventBatch(capacity: 32)
        let listener = try Listener.tcp(host: "127.0.0.1", port: 0)
        defer { _ = close(listener) }
        ring.listen(on: listener, index: 3)

        let client = try TestClient(port: Listener.port(of: listener))
        client.send("hello, ring")
        var reply: [UInt8] = []
        var closed = false
        let limit = ring.now().advanced(byMillis: 5000)
        while !closed && ring.now() < limit {
            ring.turn(until: ring.now().advanced(byMillis: 100), into: &events)
            for index in 0..<events.count {
                let event = events[index]
                switch event.kind {
                case .accepted:
                    #expect(event.count == 3)
                    #expect(
                        coronet_socket_option(
                            ring.descriptor(of: event.socket), Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
                    ring.startReceiving(event.socket)
                case .received:
                    reply = copy(ring.bytes(of: event.buffer, count: Int(event.count)))
                    ring.recycle(event.buffer)
                    let pinned = reply
                    unsafe pinned.withUnsafeBytes { unsafe ring.send(event.socket, $0, isAwaited: false) }
                    ring.turn(until: .past, into: &events)
                    client.finish()
                case .peerClosed: ring.close(event.socket)
                case .closed: closed = true
                default: break
                }
            }
        }
        #expect(reply == Array("hello, ring".utf8))
        #expect(client.receive(11) == reply)
        #expect(closed)
        #expect(ring.openSockets == 0)
    }
}
