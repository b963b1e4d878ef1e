import Testing

@testable import Node

/// Rates over the last seconds.
struct RateSamplerTests {
    @Test func oneSampleIsNoRate() {
        var sampler = RateSampler()
        #expect(sampler.perSecond == (0, 0, 0))
        sampler.sample(at: 1000, commands: 5, input: 1, output: 1)
        #expect(sampler.perSecond == (0, 0, 0))
    }

    @Test func oldSamplesAreForgotten() {
        var sampler = RateSampler()
        for second in 0..<100 {
            let commands = second < 50 ? UInt64(second) * 1000 : 50_000 + UInt64(second - 50) * 10
            sampler.sample(at: Int64(second) * 1000, commands: commands, input: 2 * commands, output: 0)
        }
        #expect(sampler.perSecond == (10, 20, 0))
    }

    @Test func restartingForgets() {
        var sampler = RateSampler()
        sampler.sample(at: 1000, commands: 500, input: 0, output: 0)
        sampler.restart()
        sampler.sample(at: 2000, commands: 3, input: 0, output: 0)
        sampler.sample(at: 3000, commands: 5, input: 0, output: 0)
        #expect(sampler.perSecond.commands == 2)
    }
}
