import CShims
import Glibc

/// Where a connected socket's ends are, in words. Asked of the kernel when somebody wants to know.
enum SocketAddress {
    /// `127.0.0.1:6379`, `[::1]:6379`, or a path for a Unix socket.
    static func peer(of descriptor: Int32) -> String { unsafe text(descriptor, coronet_peer_address) }

    /// Our end.
    static func local(of descriptor: Int32) -> String { unsafe text(descriptor, coronet_local_address) }

    /// Whether the peer is this very machine.
    static func isLoopback(peerOf descriptor: Int32) -> Bool { coronet_peer_is_loopback(descriptor) != 0 }

    private static func text(
        _ descriptor: Int32, _ read: (Int32, UnsafeMutablePointer<CChar>?, Int) -> Int32
    ) -> String {
        unsafe String(unsafeUninitializedCapacity: 128) { bytes in
            // The shim writes at most the size it is told and says how much that was.
            unsafe bytes.withMemoryRebound(to: CChar.self) {
                Int(unsafe read(descriptor, $0.baseAddress, $0.count))
            }
        }
    }
}
