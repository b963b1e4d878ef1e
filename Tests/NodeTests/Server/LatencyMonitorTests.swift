import Testing

@testable import Node

/// Series of delays on several cores, and the prose made of them.
struct LatencyMonitorTests {
    private func series(_ samples: (Int64, Int64)...) -> LatencySeries {
        var series = LatencySeries()
        for (seconds, millis) in samples { series.add(.init(seconds: seconds, millis: millis)) }
        return series
    }

    @Test func theWorstOfASecondStays() {
        let merged = series((1, 5), (1, 9), (1, 7), (2, 3))
        #expect(merged.samples == [.init(seconds: 1, millis: 9), .init(seconds: 2, millis: 3)])
        #expect(merged.millisMax == 9)
    }

    @Test func coresShareTheirSeconds() {
        let merged = LatencySeries.merge([series((1, 5), (3, 2)), series((1, 8), (2, 4))])
        #expect(merged.samples.map(\.seconds) == [1, 2, 3])
        #expect(merged.samples.map(\.millis) == [8, 4, 2])
        #expect(merged.millisMax == 8)
    }

    @Test func theOldestGo() {
        var long = LatencySeries()
        for second in 0..<500 { long.add(.init(seconds: Int64(second), millis: 500 - Int64(second))) }
        #expect(long.samples.count == LatencySeries.samplesMax)
        #expect(long.samples.last?.seconds == 499)
        #expect(long.millisMax == 500, "the worst is remembered although its second is gone")
    }

    @Test func theDoctorSaysWhatToDo() {
        var doctor = LatencyDoctor(isWatching: false, series: [], slowLogMicros: 10_000, thresholdMillis: 0)
        #expect(doctor.report.contains("latency-monitor-threshold"))
        doctor.isWatching = true
        doctor.thresholdMillis = 5
        #expect(doctor.report.contains("All is well"))
        doctor.series = [(.command, series((1, 10), (2, 20)))]
        #expect(
            doctor.report.contains(
                "command: 2 late seconds, 15 ms on average (mean deviation 5 ms), worst 20 ms"))
        #expect(doctor.report.contains("slowlog-log-slower-than 5000"))
        doctor.slowLogMicros = 100
        #expect(!doctor.report.contains("slowlog-log-slower-than"))
        #expect(!doctor.report.contains("appendfsync"))
        doctor.series = [(.aofFsyncAlways, series((1, 10))), (.aofWriteAlone, series((1, 10)))]
        #expect(doctor.report.contains("appendfsync everysec"))
        #expect(doctor.report.contains("the disk's health"))
    }

    @Test func theGraphHasALineASecond() {
        let text = LatencyGraph(series((1, 10), (4, 50)), name: "command", at: 6).text
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == "     5 s ago ########## 10 ms")
        #expect(lines[2].hasSuffix("# 50 ms"))
    }
}
