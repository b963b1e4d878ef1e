import Glibc
import Logging
import Testing

@testable import Node

@Suite struct LogLineTests {
    private func text(_ line: LogLine, _ format: Settings.LogFormat) -> String {
        var bytes: [UInt8] = []
        line.append(to: &bytes, as: format)
        return String(decoding: bytes, as: UTF8.self)
    }

    private let line = LogLine(
        millis: 1_795_434_230_123, level: .notice, message: "listening",
        metadata: ["core": "3", "port": "6379"])

    @Test func plain() {
        #expect(text(line, .plain) == "2026-11-23T11:43:50.123Z notice  core=3 listening port=6379\n")
    }

    @Test func json() {
        #expect(
            text(line, .json)
                == #"{"time":"2026-11-23T11:43:50.123Z","level":"notice","core":3,"message":"listening","port":"6379"}"#
                + "\n")
    }

    @Test func aClientCannotForgeALine() {
        var line = line
        line.message = "name \"a\"\nforged\u{1b}[31m\\"
        #expect(text(line, .plain).split(separator: "\n").count == 1)
        #expect(text(line, .json).split(separator: "\n").count == 1)
        #expect(text(line, .plain).contains(#"name "a"\x0aforged\x1b[31m"#))
        #expect(text(line, .json).contains(#""name \"a\"\u000aforged\u001b[31m\\""#))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
    ])
    func dates(millis: Int64, text: String) {
        var bytes: [UInt8] = []
        LogLine.appendTime(millis, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    /// The C library knows the calendar too.
    @Test func datesAgreeWithTheCLibrary() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let seconds = Int64.random(in: 0..<7_000_000_000, using: &generator)
            var time = time_t(seconds)
            var parts = unsafe tm()
            unsafe gmtime_r(&time, &parts)
            var bytes: [UInt8] = []
            LogLine.appendTime(seconds * 1000, to: &bytes)
            let shown = String(decoding: bytes, as: UTF8.self).split { !$0.isNumber }.compactMap { Int32($0) }
            let known = unsafe [
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                parts.tm_sec, 0,
            ]
            #expect(shown == known, "at \(seconds)")
        }
    }
}

@Suite struct LogSinkTests {
    private let path = "/tmp/coronet-log-\(UInt64.random(in: 0...UInt64.max)).log"

    private func lines(_ path: String) throws -> [String] {
        String(decoding: try ConfigFiles.system.read(path).get(), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }

    @Test func writesAtItsLevelWhichCanChange() throws {
        defer { _ = unsafe unlink(path) }
        let sink = try LogSink(path: path, format: .plain, level: .notice)
        let logger = sink.logger(core: 1)
        logger.info("hidden")
        logger.notice("shown", metadata: ["key": "value"])
        sink.level = .verbose
        logger.info("shown too")
        sink.flush()
        let lines = try lines(path)
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix("Z notice  core=1 shown key=value") == true)
        #expect(lines.last?.hasSuffix("Z verbose core=1 shown too") == true)
    }

    @Test func reopensAfterARotation() throws {
        let moved = path + ".1"
        defer {
            _ = unsafe unlink(path)
            _ = unsafe unlink(moved)
        }
        let sink = try LogSink(path: path, format: .plain, level: .notice)
        sink.logger().notice("before")
        sink.flush()
        #expect(unsafe rename(path, moved) == 0)
        sink.reopen()
        sink.logger().notice("after")
        sink.flush()
        #expect(try lines(moved).count == 1)
        #expect(try lines(path).first?.hasSuffix("after") == true)
    }

    @Test func saysWhenItCannotOpen() {
        #expect(throws: ConfigFiles.Refusal(text: "No such file or directory")) {
            try LogSink(path: "/nosuchdir/x.log", format: .plain, level: .notice)
        }
    }

    /// A reader that sleeps must cost lines, not time.
    @Test func dropsRatherThanWaits() throws {
        #expect(unsafe mkfifo(path, 0o600) == 0)
        defer { _ = unsafe unlink(path) }
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let sink = try LogSink(path: path, format: .plain, level: .notice)
        let logger = sink.logger()
        let text = String(repeating: "x", count: 1000)
        let clock = ContinuousClock()
        let time = clock.measure { for _ in 0..<5000 { logger.notice("\(text)") } }
        #expect(time < .seconds(5))
        // Now read what came: what the writer holds, what the queue holds, and the count of what was dropped.
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        for _ in 0..<5000 {
            let count = unsafe read(reader, &chunk, chunk.count)
            if count > 0 {
                received += chunk[..<count]
            } else if sink.hasDrained {
                break
            } else {
                usleep(1000)
            }
        }
        let isReported = String(decoding: received, as: UTF8.self).contains("log lines dropped")
        #expect(isReported)
        #expect(received.count > 1_000_000 && received.count < 2_500_000)
    }
}
