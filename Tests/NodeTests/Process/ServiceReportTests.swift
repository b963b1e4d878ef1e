import Testing

@testable import Node

@Suite struct ServiceReportTests {
    private let second: UInt64 = 1_000_000_000

    private func vitals(_ rounds: [Int], connections: Int = 0, keys: Int = 0) -> ServiceReport.Vitals {
        ServiceReport.Vitals(connections: connections, keys: keys, rounds: rounds)
    }

    @Test func tellsTheStatusWhenItChanges() {
        var report = ServiceReport(watchdogMicros: nil, coreCount: 2, nowNanos: 0)
        #expect(report.lines(vitals([0, 0]), nowNanos: 0) == ["STATUS=serving 0 clients, 0 keys on 2 cores"])
        #expect(report.lines(vitals([1, 1]), nowNanos: 5 * second) == [])
        #expect(
            report.lines(vitals([2, 2], connections: 1, keys: 12), nowNanos: 9 * second)
                == ["STATUS=serving 1 client, 12 keys on 2 cores"])
    }

    @Test func theWatchdogHearsOfLivingCores() {
        var report = ServiceReport(watchdogMicros: 20_000_000, coreCount: 2, nowNanos: 0)
        #expect(report.intervalNanos == 5 * second)
        for step in 0..<20 {
            let lines = report.lines(vitals([step, step]), nowNanos: UInt64(step) * 5 * second)
            #expect(lines.contains("WATCHDOG=1"))
        }
    }

    @Test func theWatchdogDoesNotHearOfADeadCore() {
        var report = ServiceReport(watchdogMicros: 20_000_000, coreCount: 2, nowNanos: 0)
        _ = report.lines(vitals([1, 1]), nowNanos: 0)
        // The second core stands still; after half the watchdog's time that counts.
        #expect(report.lines(vitals([2, 1]), nowNanos: 9 * second) == ["WATCHDOG=1"])
        #expect(report.lines(vitals([3, 1]), nowNanos: 11 * second) == [])
        #expect(report.silentCores(11 * second, limit: 10 * second) == [1])
        #expect(report.lines(vitals([4, 2]), nowNanos: 12 * second) == ["WATCHDOG=1"])
    }

    @Test func anImpatientWatchdogLeavesCoresTheirRound() {
        var report = ServiceReport(watchdogMicros: 1_000_000, coreCount: 1, nowNanos: 0)
        #expect(report.intervalNanos == second / 2)
        _ = report.lines(vitals([1]), nowNanos: 0)
        #expect(report.lines(vitals([1]), nowNanos: 2 * second) == ["WATCHDOG=1"])
        #expect(report.lines(vitals([1]), nowNanos: 3 * second) == [])
    }

    @Test(arguments: [UInt64(1), .max]) func noWatchdogTimeBreaksTheArithmetic(micros: UInt64) {
        var report = ServiceReport(watchdogMicros: micros, coreCount: 1, nowNanos: .max - 1)
        #expect(report.intervalNanos >= 1_000_000 && report.intervalNanos <= 5 * second)
        #expect(report.lines(vitals([1]), nowNanos: .max).contains("WATCHDOG=1"))
    }
}
