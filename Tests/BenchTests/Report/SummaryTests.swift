import Testing

@testable import Bench

@Suite struct SummaryTests {
    private func tally(_ latencies: [UInt64]) -> Tally {
        var tally = Tally()
        tally.commands = [CommandTally(name: "get"), CommandTally(name: "set")]
        for latency in latencies { tally.commands[0].latency.record(latency) }
        tally.firstMoment = 1_000_000_000
        tally.lastMoment = 3_000_000_000
        return tally
    }

    @Test func coresAddUp() {
        var other = tally([3_000_000])
        other.errors = 2
        other.errorSamples = ["x": 2]
        other.lastMoment = 5_000_000_000
        let summary = Summary(BenchOptions(), [tally([1_000_000, 2_000_000]), other])
        #expect(summary.operations == 3)
        #expect(summary.elapsedSeconds == 4)
        #expect(summary.operationsPerSecond == 0.75)
        let figures = LatencyFigures(summary.latency)
        #expect(abs(figures.p50 - 2000) < 2 && abs(figures.max - 3000) < 3 && abs(figures.min - 1000) < 1)
        #expect(summary.exitCode == 0)
    }

    @Test func nothingAnsweredIsAFailure() {
        let summary = Summary(BenchOptions(), [tally([])])
        #expect(summary.exitCode == 1)
        #expect(summary.json.contains("\"operationsPerSecond\":0.000"))
        #expect(summary.text.contains("0 operations"))
    }

    @Test func theRecordOfMsIsWithinAThousandth() {
        for latency: UInt64 in [1, 999, 123_456, 7_654_321, 987_654_321] {
            let figures = LatencyFigures(Summary(BenchOptions(), [tally([latency])]).latency)
            #expect(abs(figures.p50 * 1000 - Double(latency)) <= Double(latency) / 1000)
        }
    }

    @Test func textIsQuoted() {
        var json = JSONText()
        json.object { json in
            json.key("a\"\\\n")
            json.string("\u{1}é")
            json.key("n")
            json.number(.infinity)
            json.key("l")
            json.array { json in
                json.integer(1)
                json.boolean(true)
                json.object { _ in }
                json.null()
            }
        }
        #expect(json.text == #"{"a\"\\\u000a":"\u0001é","n":null,"l":[1,true,{},null]}"#)
    }

    @Test(arguments: [
        (0.0005, 3, "0.001"), (1.0, 0, "1"), (-1.25, 1, "-1.3"), (1234.5678, 2, "1234.57"), (0, 2, "0.00"),
    ])
    func numbersWithPoints(value: Double, digits: Int, expected: String) {
        #expect(fixed(value, digits: digits) == expected)
    }

    @Test func thousandsApart() {
        #expect(
            grouped(0) == "0" && grouped(999) == "999" && grouped(1_234_567) == "1,234,567"
                && grouped(-1000) == "-1,000")
    }
}
