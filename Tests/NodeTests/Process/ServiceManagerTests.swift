import CShims
import Glibc
import Testing

@testable import Node

@Suite struct ServiceManagerTests {
    private func made(_ variables: [String: String]) -> ServiceManager? {
        ServiceManager { variables[$0] }
    }

    @Test func nobodyAsks() {
        #expect(made([:]) == nil)
    }

    @Test(arguments: [
        "", "relative/path", "vsock:2:1234", "/", "@", "/" + String(repeating: "x", count: 200),
    ])
    func addressesThatAreNone(address: String) {
        #expect(made(["NOTIFY_SOCKET": address]) == nil)
    }

    @Test func theWatchdogMustBeMeantForUs() {
        let socket = ["NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "3000000"]
        #expect(made(socket)?.watchdogMicros == 3_000_000)
        #expect(made(socket.merging(["WATCHDOG_PID": "\(getpid())"]) { $1 })?.watchdogMicros == 3_000_000)
        #expect(made(socket.merging(["WATCHDOG_PID": "1"]) { $1 })?.watchdogMicros == nil)
        #expect(made(["NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "0"])?.watchdogMicros == nil)
        #expect(made(["NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "soon"])?.watchdogMicros == nil)
    }

    @Test(arguments: ["/tmp/coronet-test-notify-\(getpid())", "@coronet-test-notify-\(getpid())"])
    func linesArrive(address: String) throws {
        let receiver = try #require(Receiver(address))
        defer { receiver.close() }
        let manager = try #require(made(["NOTIFY_SOCKET": address]))
        defer { manager.close() }
        #expect(manager.tell(["READY=1", "STATUS=well"]) == nil)
        #expect(manager.tell([]) == nil)
        #expect(manager.tell(["STOPPING=1"]) == nil)
        #expect(receiver.next() == "READY=1\nSTATUS=well")
        #expect(receiver.next() == "STOPPING=1")
    }

    @Test func aManagerThatIsGone() throws {
        let manager = try #require(made(["NOTIFY_SOCKET": "/tmp/coronet-test-nobody-\(getpid())"]))
        defer { manager.close() }
        #expect(manager.tell(["READY=1"]) == "No such file or directory")
    }

    /// The manager's end.
    private struct Receiver {
        let descriptor: Int32
        let path: String?

        init?(_ address: String) {
            path = address.first == "/" ? address : nil
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            let bytes = path == nil ? [0] + Array(address.utf8.dropFirst()) : Array(address.utf8)
            unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: bytes) }
            let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let bound = unsafe withUnsafePointer(to: &name) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, size)
                }
            }
            guard bound == 0 else { return nil }
            // A datagram that never comes fails the test instead of hanging it.
            var limit = timeval(tv_sec: 10, tv_usec: 0)
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        func next() -> String {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

        func close() {
            _ = Glibc.close(descriptor)
            if let path { _ = unsafe unlink(path) }
        }
    }
}
