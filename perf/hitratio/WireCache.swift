import Glibc

/// A server on this machine as a read-through cache: asks for keys in pipelines, stores what was missing.
struct WireCache {
    private let socket: Int32
    private var received = [UInt8](repeating: 0, count: 1 << 16)
    private var place = 0
    private var end = 0

    private static let pipeline = 64
    private static let value = String(repeating: "x", count: 64)

    init(port: UInt16) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        // Unsafe: the address lives during the call.
        let connected = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(connected == 0, "no server on port \(port)")
        var on: Int32 = 1
        unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    /// The hits among the last three quarters of the requests, in percent.
    mutating func run(_ trace: [UInt32]) -> Double {
        var hits = 0
        let warm = trace.count / 4
        var first = 0
        while first < trace.count {
            let last = min(first + Self.pipeline, trace.count)
            var text = ""
            for index in first..<last { text += "*2\r\n$3\r\nGET\r\n$16\r\n\(Self.name(trace[index]))\r\n" }
            send(text)
            var missing: [UInt32] = []
            for index in first..<last {
                if readIsHit() {
                    if index >= warm { hits += 1 }
                } else {
                    missing.append(trace[index])
                }
            }
            store(missing)
            first = last
        }
        return Double(hits) * 100 / Double(trace.count - warm)
    }

    private mutating func store(_ keys: [UInt32]) {
        var text = ""
        for key in keys { text += "*3\r\n$3\r\nSET\r\n$16\r\n\(Self.name(key))\r\n$64\r\n\(Self.value)\r\n" }
        if text.isEmpty { return }
        send(text)
        for _ in keys {
            let line = readLine()
            precondition(line == "+OK", "a write was refused: \(line)")
        }
    }

    private static func name(_ number: UInt32) -> String {
        let digits = String(number)
        return "key:" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }

    private func send(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            // Unsafe: within the array's bytes.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress.map { unsafe $0 + sent }, bytes.count - sent, 0)
            }
            precondition(count > 0, "the server went away")
            sent += count
        }
    }

    private mutating func byte() -> UInt8 {
        if place == end {
            // Unsafe: fills our own array.
            let count = unsafe received.withUnsafeMutableBytes {
                unsafe recv(socket, $0.baseAddress, $0.count, 0)
            }
            precondition(count > 0, "the server went away")
            (place, end) = (0, count)
        }
        defer { place += 1 }
        return received[place]
    }

    private mutating func readLine() -> String {
        var line: [UInt8] = []
        while true {
            let next = byte()
            if next == 0x0A { return String(decoding: line.dropLast(), as: UTF8.self) }
            line.append(next)
        }
    }

    private mutating func readIsHit() -> Bool {
        let line = readLine()
        guard line.first == "$", let length = Int(line.dropFirst()) else {
            preconditionFailure("an unexpected reply: \(line)")
        }
        if length < 0 { return false }
        for _ in 0..<length + 2 { _ = byte() }
        return true
    }
}
