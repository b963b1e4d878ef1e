/// When a log has become large enough for a rewrite by itself. Pure.
struct RewriteRule {
    /// `auto-aof-rewrite-percentage`; 0: never.
    var percentage: Int
    /// `auto-aof-rewrite-min-size`
    var bytesMin: Int

    /// A log that is so many times larger than the data is mostly about what is gone. A fresh base is never: its longest
    /// form of a number is three times what memory holds.
    static let wasteFactor = 4

    /// - Parameters:
    ///   - bytes: of all files now.
    ///   - baseBytes: of all files after the last rewrite, or at the start.
    ///   - dataBytes: memory behind the data. Without it a log whose data has been flushed would stay until as much had
    ///     been written again.
    func isDue(bytes: Int, baseBytes: Int, dataBytes: Int) -> Bool {
        guard percentage > 0, bytes > bytesMin else { return false }
        if bytes / Self.wasteFactor > dataBytes { return true }
        let base = max(1, baseBytes)
        return (bytes - base) / max(1, base / 100) >= percentage
    }
}
