import Glibc
import Reactor

/// The listening sockets of a node: its port on every core, each core's own port, the Unix socket. Main thread.
struct Doors {
    /// A listening socket and the number by which its connections are told apart.
    struct Opened: Sendable {
        let number: Int
        let descriptor: Int32
    }

    /// Per core: its listeners.
    private var byCore: [[Opened]]
    /// Where clients can come in, for the banner.
    private(set) var endpoints: [String] = []
    /// The port of each core; empty without `core-ports`.
    private(set) var corePorts: [UInt16] = []
    private var unixPath = ""

    /// Opens all of them.
    static func open(_ settings: Settings, coreCount: Int) throws(Listener.Failure) -> Doors {
        var doors = Doors(coreCount: coreCount)
        if settings.port != 0 { try doors.openMain(settings) }
        if settings.corePorts { try doors.openCorePorts(settings) }
        if !settings.unixSocket.isEmpty { try doors.openUnix(settings) }
        return doors
    }

    private init(coreCount: Int) {
        byCore = Array(repeating: [], count: coreCount)
    }

    func listeners(of core: CoreID) -> [Opened] { byCore[core.index] }

    func close() {
        for listener in byCore.joined() { _ = Glibc.close(listener.descriptor) }
        if !unixPath.isEmpty { _ = unsafe unlink(unixPath) }
    }

    private mutating func openMain(_ settings: Settings) throws(Listener.Failure) {
        var opened = 0
        for address in settings.bind {
            do {
                try openEverywhere(address.host, settings)
                opened += 1
            } catch {
                if !address.isOptional { throw error }
            }
        }
        guard opened > 0 || settings.bind.isEmpty else {
            throw Listener.Failure(
                address: "port \(settings.port)", errno: 0, reason: "none of the addresses of bind is there")
        }
    }

    /// One address on every core. The first listener refuses to share the port, so that another program's (or
    /// node's) port is noticed; it is closed again before the real ones, which share it among the cores.
    private mutating func openEverywhere(_ host: String, _ settings: Settings) throws(Listener.Failure) {
        try requireFree(host, settings.port)
        for core in byCore.indices {
            let descriptor = try listener(host, settings.port, settings)
            add(.main, descriptor, to: core)
        }
        endpoints.append(host.contains(":") ? "[\(host)]:\(settings.port)" : "\(host):\(settings.port)")
    }

    /// Throws if another program has the port. A node that was killed keeps its port until the kernel has taken its
    /// rings down, some milliseconds after the process is gone: so a port in use has half a second to become free.
    private func requireFree(_ host: String, _ port: UInt16) throws(Listener.Failure) {
        var attemptsLeft = 25
        while true {
            do throws(Listener.Failure) {
                _ = Glibc.close(try Listener.tcp(host: host, port: port, reusePort: false))
                return
            } catch {
                attemptsLeft -= 1
                guard error.errno == EADDRINUSE, attemptsLeft > 0 else { throw error }
                usleep(20_000)
            }
        }
    }

    private mutating func openCorePorts(_ settings: Settings) throws(Listener.Failure) {
        for core in byCore.indices {
            let port = settings.corePortBase + UInt16(core)
            corePorts.append(port)
            for address in settings.bind {
                do {
                    try requireFree(address.host, port)
                    add(.corePort, try listener(address.host, port, settings), to: core)
                } catch {
                    if !address.isOptional { throw error }
                }
            }
        }
    }

    /// The Unix socket is served by the first core: its queue cannot be shared.
    private mutating func openUnix(_ settings: Settings) throws(Listener.Failure) {
        let descriptor = try Listener.unix(
            path: settings.unixSocket, backlog: settings.tcpBacklog,
            permissions: settings.unixSocketMode == 0 ? nil : settings.unixSocketMode)
        add(.unix, descriptor, to: 0)
        unixPath = settings.unixSocket
        endpoints.append(settings.unixSocket)
    }

    private mutating func add(_ door: ListenerIndex, _ descriptor: Int32, to core: Int) {
        let number = door.listener(address: byCore[core].count)
        byCore[core].append(Opened(number: number, descriptor: descriptor))
    }

    private func listener(
        _ host: String, _ port: UInt16, _ settings: Settings
    ) throws(Listener.Failure) -> Int32 {
        try Listener.tcp(
            host: host, port: port, backlog: settings.tcpBacklog, reusePort: true,
            keepAliveSeconds: settings.tcpKeepaliveSeconds)
    }
}

extension Settings.BindAddress {
    /// What the resolver understands: `*` and `::*` are all addresses of their family.
    var host: String {
        switch address {
        case "*": "0.0.0.0"
        case "::*": "::"
        default: address
        }
    }
}
