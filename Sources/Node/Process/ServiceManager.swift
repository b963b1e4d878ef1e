import CShims
import Glibc

/// The line to the service manager that started us, if one did: a datagram socket to the Unix address in
/// `NOTIFY_SOCKET` (sd_notify(3) describes the protocol). Main thread only.
struct ServiceManager: Sendable {
    /// Where it listens: a path, or a name after `@` that no folder holds (Linux's abstract addresses).
    let address: String
    /// How long it waits for a sign of life; nil: it does not wait for any.
    let watchdogMicros: UInt64?
    private let descriptor: Int32

    /// Nil when nobody wants to be told, or the address is of a kind that we do not know.
    ///
    /// - Parameter variable: reads an environment variable.
    init?(variable: (String) -> String? = ServiceManager.environment) {
        guard let address = variable("NOTIFY_SOCKET"), let first = address.first,
            first == "/" || first == "@", address.utf8.count > 1,
            address.utf8.count <= coronet_unix_path_limit()
        else { return nil }
        self.address = address
        // The watchdog's time may have been meant for another process, from which we inherited it.
        let isForUs = variable("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
        let micros = variable("WATCHDOG_USEC").flatMap { UInt64($0) } ?? 0
        watchdogMicros = isForUs && micros > 0 ? micros : nil
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
    }

    /// Sends lines of `NAME=value`. Nil, or the operating system's words. Waits when the manager is behind.
    func tell(_ lines: [String]) -> String? {
        guard !lines.isEmpty else { return nil }
        // In an abstract address a zero stands where the name shows an at sign.
        let name =
            address.utf8.first == UInt8(ascii: "@") ? [0] + address.utf8.dropFirst() : Array(address.utf8)
        let bytes = Array(lines.joined(separator: "\n").utf8)
        while true {
            // Safe: both arrays are read during the call, up to the counts given.
            let sent = unsafe coronet_send_to_unix(descriptor, name, name.count, bytes, bytes.count)
            if sent >= 0 { return nil }
            if errno != EINTR { return ConfigFiles.Refusal.last().text }
        }
    }

    func close() { _ = Glibc.close(descriptor) }

    /// A variable of this process's environment; nil when it is unset or empty.
    static func environment(_ name: String) -> String? {
        // Safe: the text is copied before anybody could change the environment; nobody here does.
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }
}
