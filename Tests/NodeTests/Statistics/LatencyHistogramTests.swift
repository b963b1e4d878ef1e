import Reactor
import Testing

@testable import Node

/// The histogram over cycles, and how it shows in microseconds.
struct LatencyHistogramTests {
    private func histogram(micros values: [Int64]) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in values { histogram.note(Cycles.ticks(micros: value)) }
        return histogram
    }

    @Test func everyValueLiesBelowItsBound() {
        for shift: UInt64 in 0..<50 {
            let values: [UInt64] = [1 << shift, (3 << shift) / 2, (2 << shift) - 1]
            for value in values {
                let bucket = LatencyHistogram.bucket(of: value)
                #expect(value < LatencyHistogram.upperBound(of: bucket))
                if bucket > 0 { #expect(max(value, 8) >= LatencyHistogram.upperBound(of: bucket - 1)) }
            }
        }
    }

    @Test func percentilesAreTrueToAnEighth() {
        let values = (1...1000).map { Int64($0) * 10 }
        let histogram = histogram(micros: values)
        for percentile in [10.0, 50, 99, 100] {
            let exact = Double(values.count) * percentile / 100 * 10
            let shown = histogram.micros(atPercentile: percentile)
            #expect(shown >= exact * 0.99 && shown <= exact * 1.13, "\(shown) for \(exact)")
        }
        #expect(LatencyHistogram().micros(atPercentile: 50) == 0)
    }

    @Test func coresAddUp() {
        var sum = histogram(micros: [1, 100])
        sum.add(histogram(micros: [100]))
        sum.add(LatencyHistogram())
        #expect(sum.total == 3)
        sum.reset()
        #expect(sum.isEmpty && sum.total == 0)
    }

    /// The bounds are those of redis-server's LATENCY HISTOGRAM.
    @Test func boundsDouble() {
        let rows = histogram(micros: [7, 7, 15, 30, 125, 1000]).cumulative
        #expect(rows.map(\.micros) == [8, 16, 33, 132, 1056])
        #expect(rows.map(\.calls) == [2, 3, 4, 5, 6])
        #expect(LatencyHistogram().cumulative.isEmpty)
    }
}
