import CShims
import Glibc

@testable import Reactor

/// A blocking client socket with a two-second patience, for tests that talk to a real ring.
final class TestClient {
    let descriptor: Int32

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if let receiveBuffer {
            _ = coronet_set_socket_option(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer)
        }
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let failed = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
        guard failed == 0 else { throw Failure(errno: failed) }
    }

    struct Failure: Error { var errno: Int32 }

    deinit { _ = close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Exactly `count` bytes, fewer if the peer closes or patience ends, or if it should not wait.
    func receive(_ count: Int, waits: Bool = true) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe recv(
                    descriptor, $0.baseAddress.map { unsafe $0 + filled }, count - filled,
                    waits ? 0 : Int32(MSG_DONTWAIT))
            }
            if got <= 0 { break }
            filled += got
        }
        return Array(bytes[..<filled])
    }

    /// Closes with RST: unread and unsent bytes are thrown away.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        // Connecting to nothing disconnects, and with this option by a reset; the descriptor stays ours to close.
        var nowhere = sockaddr(
            sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        _ = unsafe connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
}

/// The bytes of a span as an array.
func copy(_ bytes: RawSpan) -> [UInt8] {
    var copied: [UInt8] = []
    for offset in bytes.byteOffsets {
        copied.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }
    return copied
}
