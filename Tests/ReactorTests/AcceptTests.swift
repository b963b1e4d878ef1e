import CShims
import Glibc
import Testing

@testable import Reactor

@Suite struct AcceptTests {
    @Test func aStormOfConnectionsIsAccepted() throws {
        let loop = try TestLoop()
        loop.startsReceiving = false
        let clients = try (0..<1000).map { _ in try TestClient(port: loop.port) }
        #expect(loop.run { $0.accepted.count == clients.count })
        #expect(Set(loop.accepted.map(\.slot)).count == clients.count)
    }

    @Test func stoppedListenersAcceptNothing() throws {
        let loop = try TestLoop()
        _ = try loop.connect()
        loop.ring.stopListening(index: 0)
        loop.turn()
        let late = try TestClient(port: loop.port)
        loop.run(millis: 100) { $0.accepted.count > 1 }
        #expect(loop.accepted.count == 1)
        // And may be told to listen again.
        loop.ring.listen(on: loop.listener, index: 0)
        #expect(loop.run { $0.accepted.count == 2 })
        late.finish()
    }

    @Test func aDescriptorThatDoesNotListenIsReportedOnce() throws {
        let loop = try TestLoop()
        let idle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = close(idle) }
        loop.ring.listen(on: idle, index: 5)
        loop.run(millis: 200) { _ in false }
        let failures = loop.log.filter { $0.kind == .acceptFailed }
        #expect(failures.count == 1 && failures.first?.socket.slot == 5 && failures.first?.count == EINVAL)
    }

    @Test func withoutDescriptorsItRestsAndRefusesAndRecovers() async throws {
        // In a process of its own, because it takes all descriptors there are.
        await #expect(processExitsWith: .success) {
            let loop = try TestLoop()
            loop.startsReceiving = false
            let clients = try (0..<20).map { _ in try TestClient(port: loop.port) }
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let enough = limit
            // Descriptors up to the highest in use, and two more.
            let highest = try #require(clients.map(\.descriptor).max())
            limit.rlim_cur = rlim_t(highest) + 3
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)

            let before = loop.ring.now()
            let cpu = threadCPUMillis()
            loop.run(millis: 500) { _ in false }
            precondition(loop.ring.now().nanoseconds(since: before) > 450_000_000)
            precondition(threadCPUMillis() - cpu < 100, "it spins")
            precondition(loop.accepted.count < 20, "some could not be accepted")
            let failures = loop.log.filter { $0.kind == .acceptFailed }
            precondition(
                failures.contains { $0.count == EMFILE } && failures.count < 10, "it reports once a rest")
            precondition(loop.ring.counters.connectionsRefused > 0, "those who wait are told")

            var again = enough
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &again)
            let count = loop.accepted.count
            _ = try TestClient(port: loop.port)
            precondition(loop.run { $0.accepted.count > count }, "it accepts again")
        }
    }

    @Test func acceptedSocketsInheritNoDelayAndKeepAlive() throws {
        let loop = try TestLoop()
        let (_, socket) = try loop.connect()
        let descriptor = loop.ring.descriptor(of: socket)
        #expect(coronet_socket_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
        #expect(coronet_socket_option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(coronet_socket_option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE) == 300)
    }

    @Test func unixListenersReplaceOnlySockets() throws {
        let path = "/tmp/coronet-listener-\(getpid()).sock"
        let first = try Listener.unix(path: path)
        _ = close(first)
        let second = try Listener.unix(path: path, permissions: 0o700)
        _ = close(second)
        _ = unsafe unlink(path)
        #expect(throws: Listener.Failure.self) { _ = try Listener.unix(path: "/tmp") }
        #expect(throws: Listener.Failure.self) {
            _ = try Listener.unix(path: String(repeating: "x", count: 200))
        }
    }

    @Test func aPortInUseIsNamed() throws {
        let taken = try Listener.tcp(host: "127.0.0.1", port: 0, reusePort: false)
        defer { _ = close(taken) }
        let port = Listener.port(of: taken)
        do {
            _ = try Listener.tcp(host: "127.0.0.1", port: port, reusePort: false)
            Issue.record("the port is in use")
        } catch {
            #expect(error.errno == EADDRINUSE)
            #expect(error.description.contains("127.0.0.1:\(port)"))
        }
    }
}
