import CShims
import Glibc

/// Makes listening sockets. Used once at start, before any ring.
public enum Listener {
    /// Why an address cannot be listened on.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// What was asked for: `127.0.0.1:6379` or a path.
        public var address: String
        /// The errno value, or 0 if the address could not be resolved.
        public var errno: Int32
        /// In words.
        public var reason: String

        /// A failure to listen on `address`.
        public init(address: String, errno: Int32, reason: String) {
            self.address = address
            self.errno = errno
            self.reason = reason
        }

        /// Address and reason in one line.
        public var description: String { "cannot listen on \(address): \(reason)" }
    }

    /// A TCP listener on a numeric address or a host name.
    ///
    /// - Parameters:
    ///   - reusePort: several cores may listen on the same port, each with its own queue; the kernel spreads
    ///     connections over them.
    ///   - keepAliveSeconds: idle time before the kernel probes a silent peer, 0 for never.
    ///
    /// TCP_NODELAY and keep-alive are set on the listener: Linux hands both down to each accepted socket,
    /// which saves a system call a connection.
    public static func tcp(
        host: String, port: UInt16, backlog: Int32 = 511, reusePort: Bool = true,
        keepAliveSeconds: Int32 = 300
    ) throws(Failure) -> Int32 {
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let resolved = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard resolved == 0, let address = unsafe list else {
            throw Failure(address: name, errno: 0, reason: unsafe String(cString: gai_strerror(resolved)))
        }
        defer { unsafe freeaddrinfo(address) }
        let family = unsafe address.pointee.ai_family
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(name, errno) }
        _ = coronet_set_socket_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if reusePort { _ = coronet_set_socket_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
        // An IPv6 listener leaves IPv4 to its own.
        if family == AF_INET6 {
            _ = coronet_set_socket_option(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
        }
        let tcp = Int32(IPPROTO_TCP)
        _ = coronet_set_socket_option(descriptor, tcp, TCP_NODELAY, 1)
        if keepAliveSeconds > 0 {
            _ = coronet_set_socket_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
            _ = coronet_set_socket_option(descriptor, tcp, TCP_KEEPIDLE, keepAliveSeconds)
            _ = coronet_set_socket_option(descriptor, tcp, TCP_KEEPINTVL, max(1, keepAliveSeconds / 3))
            _ = coronet_set_socket_option(descriptor, tcp, TCP_KEEPCNT, 3)
        }
        guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            Glibc.listen(descriptor, backlog) == 0
        else {
            let failed = failure(name, errno)
            _ = close(descriptor)
            throw failed
        }
        return descriptor
    }

    /// A Unix socket listener. A socket file that is left over at `path` is replaced; anything else is not.
    public static func unix(path: String, backlog: Int32 = 511, permissions: UInt32? = nil) throws(Failure)
        -> Int32
    {
        guard path.utf8.count <= coronet_unix_path_limit() else { throw failure(path, ENAMETOOLONG) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var found = stat()
        if unsafe lstat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFSOCK { unsafe _ = unlink(path) }
        guard unsafe coronet_bind_unix(descriptor, path) == 0,
            permissions.map({ unsafe chmod(path, $0) == 0 }) ?? true,
            Glibc.listen(descriptor, backlog) == 0
        else {
            let failed = failure(path, errno)
            _ = close(descriptor)
            throw failed
        }
        return descriptor
    }

    /// The port that a TCP listener got when it asked for port 0.
    public static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let found = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        // The port has the same place in the addresses of both families.
        return found == 0 ? UInt16(bigEndian: address.sin6_port) : 0
    }

    private static func failure(_ address: String, _ errno: Int32) -> Failure {
        Failure(address: address, errno: errno, reason: errorName(errno))
    }
}
