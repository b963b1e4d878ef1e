import Glibc
import Logging
import Reactor
import Synchronization

/// Where log lines go: a bounded queue that any thread appends to, and one thread that writes it to the file.
///
/// A core that logs takes a lock for the time of one copy and never waits for the disk: a slow disk or a reader that
/// sleeps at the other end of a pipe fills the queue, and lines beyond it are counted and dropped.
public final class LogSink: Sendable {
    /// Bytes of lines that may wait. What does not fit is dropped and counted.
    static let queueBytesMax = 1 << 20

    private struct Queue: Sendable {
        var bytes: [UInt8] = []
        var dropped = 0
        var wantsReopen = false
        var isWriting = false
    }

    private let queue = Mutex(Queue())
    private let levelIndex: Atomic<Int>
    /// A pipe: one byte for each reason to look at the queue. The writer sleeps reading it.
    private let wakePipe: Pipe
    private let path: String
    let format: Settings.LogFormat

    /// Opens the file (empty: standard output) and starts the writer. Fails with the operating system's words.
    public init(path: String, format: Settings.LogFormat, level: Settings.LogLevel) throws(ConfigFiles
        .Refusal)
    {
        self.path = path
        self.format = format
        levelIndex = Atomic(LogSink.index(of: level))
        let file = try LogSink.open(path)
        guard let pipe = Pipe() else { throw ConfigFiles.Refusal.last() }
        // A full pipe wakes well enough: nobody waits to write to it.
        _ = fcntl(pipe.write, F_SETFL, O_NONBLOCK)
        wakePipe = pipe
        do throws(PinnedThread.Failure) {
            // Not joined: it lives as long as the process.
            _ = try PinnedThread(name: "log") { self.write(to: file) }
        } catch {
            throw ConfigFiles.Refusal(text: error.description)
        }
    }

    private static func open(_ path: String) throws(ConfigFiles.Refusal) -> Int32 {
        if path.isEmpty { return dup(1) }
        // Safe: the path is a string that outlives the call.
        let file = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw ConfigFiles.Refusal.last() }
        return file
    }

    /// The least level that is worth a line, for all loggers at once: CONFIG SET loglevel changes it.
    public var level: Settings.LogLevel {
        get { Settings.LogLevel.allCases[levelIndex.load(ordering: .relaxed)] }
        set { levelIndex.store(LogSink.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Settings.LogLevel) -> Int {
        Settings.LogLevel.allCases.firstIndex(of: level) ?? 0
    }

    /// Opens the file anew before the next line: after a log rotation has moved it away (SIGHUP).
    public func reopen() {
        queue.withLock { $0.wantsReopen = true }
        wake()
    }

    /// Waits until what was logged so far is written, a second at most: before the process ends.
    public func flush() {
        for _ in 0..<1000 {
            if hasDrained { return }
            usleep(1000)
        }
    }

    /// Whether every line taken has been written.
    var hasDrained: Bool { queue.withLock { $0.bytes.isEmpty && !$0.isWriting } }

    func append(_ line: LogLine) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        line.append(to: &bytes, as: format)
        let isFirst = queue.withLock { queue in
            guard queue.bytes.count + bytes.count <= LogSink.queueBytesMax else {
                queue.dropped += 1
                return false
            }
            queue.bytes += bytes
            return queue.bytes.count == bytes.count
        }
        if isFirst { wake() }
    }

    private func wake() {
        // Safe: write reads one byte during the call.
        unsafe withUnsafeBytes(of: UInt8(0)) { _ = unsafe Glibc.write(wakePipe.write, $0.baseAddress, 1) }
    }

    /// The writer thread's life.
    private func write(to first: Int32) {
        var file = first
        var reasons = [UInt8](repeating: 0, count: 256)
        while true {
            // Safe: read fills the array it is given, at most its length.
            guard unsafe Glibc.read(wakePipe.read, &reasons, reasons.count) > 0 || errno == EINTR else {
                return
            }
            let (bytes, dropped, wantsReopen) = queue.withLock { queue in
                defer { queue = Queue(isWriting: true) }
                return (queue.bytes, queue.dropped, queue.wantsReopen)
            }
            if wantsReopen, !path.isEmpty, let fresh = try? LogSink.open(path) {
                close(file)
                file = fresh
            }
            LogSink.writeAll(bytes, to: file)
            if dropped > 0 { LogSink.writeAll(droppedLine(dropped), to: file) }
            queue.withLock { $0.isWriting = false }
        }
    }

    private func droppedLine(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        LogLine(
            millis: LogSink.wallClockMillis(), level: .warning,
            message: "log lines dropped: the log could not be written fast enough",
            metadata: ["count": "\(count)"]
        ).append(to: &bytes, as: format)
        return bytes
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Safe: write reads the bytes of the slice during the call only.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Standard output may be a non-blocking pipe that somebody else set so.
                usleep(10_000)
            } else if errno != EINTR {
                // A full disk: these lines are lost, the node goes on.
                return
            }
        }
    }

    static func wallClockMillis() -> Int64 {
        var time = timespec()
        // Safe: clock_gettime fills the struct it is given.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
