import Reactor
import Testing

@testable import Bench

@Suite struct PacerTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    @Test func momentsComeAtEqualDistances() {
        var pacer = Pacer(start: start, perSecond: 1000)
        #expect(pacer.take(at: Instant(nanoseconds: 999_999_999)) == nil)
        for step in 0..<5 {
            let moment = start.advanced(byMillis: UInt64(step))
            #expect(pacer.nextMoment == moment)
            #expect(pacer.take(at: moment) == moment)
            #expect(pacer.take(at: moment) == nil)
        }
    }

    @Test func whatWasMissedStaysDue() {
        var pacer = Pacer(start: start, perSecond: 1000)
        let late = start.advanced(byMillis: 100)
        var taken: [Instant] = []
        while let moment = pacer.take(at: late) { taken.append(moment) }
        #expect(taken.count == 101)
        #expect(taken.first == start && taken.last == late)
    }

    @Test func noRateDrifts() {
        // An interval of 333.33... ns: after a million moments a third of a second has passed.
        var pacer = Pacer(start: start, perSecond: 3_000_000)
        for _ in 0..<3_000_000 { _ = pacer.take(at: Instant(nanoseconds: .max / 4)) }
        let passed = pacer.nextMoment.nanoseconds(since: start)
        #expect(passed >= 999_999_000 && passed <= 1_000_001_000)
    }

    @Test func phasesLieBetween() {
        let pacer = Pacer(start: start, perSecond: 1000, phase: 0.5)
        #expect(pacer.nextMoment == start.advanced(byMicros: 500))
    }

    @Test func randomMomentsHaveTheSameMeanAndAreSpread() {
        var pacer = Pacer(start: start, perSecond: 1000, seed: 4)
        var gaps: [UInt64] = []
        var last = start
        for _ in 0..<20_000 {
            let moment = pacer.nextMoment
            _ = pacer.take(at: moment)
            gaps.append(moment.nanoseconds(since: last))
            last = moment
        }
        let mean = Double(gaps.reduce(0, +)) / Double(gaps.count)
        #expect(abs(mean - 1_000_000) < 30_000)
        // Of exponential gaps 63 % are shorter than the mean.
        let shorter = Double(gaps.count { Double($0) < mean }) / Double(gaps.count)
        #expect(abs(shorter - 0.632) < 0.02)
    }
}
