import Glibc

/// What a command says to whoever started it, where there is no log.
enum Terminal {
    /// A line on standard output.
    static func say(_ line: String) { write(line, to: 1) }

    /// One line on standard error; exit 1.
    static func fail(_ line: String) -> Never {
        write("coronet: \(line)", to: 2)
        Glibc.exit(1)
    }

    private static func write(_ line: String, to file: Int32) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            // Safe: write reads the bytes of the slice during the call only.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
