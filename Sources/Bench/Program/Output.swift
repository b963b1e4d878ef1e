import Glibc

/// Writing text to the terminal and to files.
enum Output {
    /// Writes all of `text` to a descriptor. Whether it went.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // Safe: write reads the bytes of the slice during the call only.
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
        }
        return true
    }

    /// Writes a new file, or over an old one. What went wrong, if anything.
    static func write(_ text: String, toFile path: String) -> String? {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return unsafe String(cString: strerror(errno)) }
        let isWritten = write(text, to: descriptor)
        let isClosed = close(descriptor) == 0
        return isWritten && isClosed ? nil : unsafe String(cString: strerror(errno))
    }

    /// Whether somebody is looking.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
