import CShims
import CShims
import Glibc

/// Where to connect to: an address of the network, looked up once, or the path of a Unix socket. A value; any thread may keep it.
public struct RemoteAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Why there is no address, or no connection to it.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// What was asked for: `127.0.0.1:6379`.
        public var address: String
        /// The errno value, or 0 if the name could not be resolved.
        public var errno: Int32
        /// In words.
        public var reason: String

        /// Address and reason in one line.
        public var description: String { "cannot connect to \(address): \(reason)" }
    }

    /// As it was asked for, `host:port` or `[host]:port` or a path.
    public let description: String
    /// The structure that connect(2) takes, and how much of it counts.
    let storage: sockaddr_storage
    let length: UInt32

    var family: Int32 { Int32(storage.ss_family) }

    /// By the name asked for: what the resolver said for it does not change within a run.
    public static func == (left: RemoteAddress, right: RemoteAddress) -> Bool {
        left.description == right.description
    }

    /// By the name asked for.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// The Unix socket at a path. Whether there is one, connecting says.
    public init(path: String) throws(Failure) {
        guard path.utf8.count <= coronet_unix_path_limit() else {
            throw Failure(address: path, errno: ENAMETOOLONG, reason: errorName(ENAMETOOLONG))
        }
        var storage = sockaddr_storage()
        length = unsafe coronet_unix_address(path, &storage)
        self.storage = storage
        description = path
    }

    /// The first TCP address of a numeric address or a host name. Asks the resolver, so it may block.
    public init(host: String, port: UInt16) throws(Failure) {
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let resolved = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard resolved == 0, let found = unsafe list else {
            throw Failure(address: name, errno: 0, reason: unsafe String(cString: gai_strerror(resolved)))
        }
        defer { unsafe freeaddrinfo(found) }
        var storage = sockaddr_storage()
        let length = unsafe min(Int(found.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        // Safe: the resolver's structure is `ai_addrlen` bytes long, and the storage holds any of them.
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(
                from: UnsafeRawBufferPointer(start: found.pointee.ai_addr, count: length))
        }
        description = name
        self.storage = storage
        self.length = UInt32(length)
    }
}
