import Commands
import Testing
import Wire

@testable import Node

/// What the slow log keeps of a request, and how the logs of several cores become one.
struct SlowLogTests {
    private func trimmed(_ words: [String], _ secrets: Secrets? = nil) -> [String] {
        let copy = request(words)
        let arguments = copy.arguments
        let kept = SlowLog.trimmed(arguments, secrets: secrets ?? Secrets(of: .get, arguments))
        return kept.map { String(decoding: $0, as: UTF8.self) }
    }

    private func request(_ words: [String]) -> RequestCopy {
        var bytes: [UInt8] = []
        var ranges: [ArgumentRange] = []
        for word in words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), length: UInt32(word.utf8.count)))
            bytes += word.utf8
        }
        return RequestCopy(Arguments(bytes: bytes.span.raw, ranges: ranges.span))
    }

    private func entry(_ id: UInt64) -> SlowLogEntry {
        SlowLogEntry(id: id, seconds: 0, micros: 0, arguments: [], address: "", clientName: [])
    }

    @Test func longArgumentsAreCut() {
        #expect(trimmed(["SET", String(repeating: "x", count: 128)])[1].utf8.count == 128)
        let cut = trimmed(["SET", String(repeating: "x", count: 200)])[1]
        #expect(cut == String(repeating: "x", count: 128) + "... (72 more bytes)")
    }

    @Test func longListsAreCut() {
        let words = ["MSET"] + (0..<40).map { "a\($0)" }
        #expect(trimmed(Array(words.prefix(32))) == Array(words.prefix(32)))
        #expect(trimmed(words) == Array(words.prefix(31)) + ["... (10 more arguments)"])
    }

    @Test func secretsAreLeftOut() {
        func redacted(_ words: [String], _ command: CommandID) -> [Int] {
            let copy = request(words)
            let secrets = Secrets(of: command, copy.arguments)
            return words.indices.filter { secrets.contains($0) }
        }
        #expect(redacted(["AUTH", "user", "pass"], .auth) == [1, 2])
        #expect(redacted(["HELLO", "3", "auth", "user", "pass", "SETNAME", "x"], .hello) == [3, 4])
        #expect(redacted(["HELLO", "3", "AUTH"], .hello) == [])
        #expect(redacted(["CONFIG", "SET", "RequirePass", "x", "timeout", "1"], .config) == [3])
        #expect(redacted(["CONFIG", "GET", "requirepass", "x"], .config) == [])
        #expect(redacted(["GET", "requirepass"], .get) == [])
    }

    @Test func theLatestOfAllCoresComeFirst() {
        let merged = SlowLog.merge([[entry(1), entry(4)], [], [entry(2), entry(3)]], keeping: 3)
        #expect(merged.map(\.id) == [4, 3, 2])
    }

    @Test func theOldestGo() {
        var log = SlowLog()
        for id in 0..<10 { log.add(entry(UInt64(id)), keeping: 4) }
        #expect(log.entries.map(\.id) == [6, 7, 8, 9])
        log.trim(to: 0)
        #expect(log.entries.isEmpty)
    }
}
