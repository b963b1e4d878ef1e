import Testing

@testable import Node

@Suite struct RewriteRuleTests {
    private let rule = RewriteRule(percentage: 100, bytesMin: 1000)

    @Test func growthDecides() {
        #expect(!rule.isDue(bytes: 9999, baseBytes: 5000, dataBytes: 5000))
        #expect(rule.isDue(bytes: 10_000, baseBytes: 5000, dataBytes: 5000))
        #expect(!rule.isDue(bytes: 1000, baseBytes: 1, dataBytes: 1000), "small files are left alone")
        #expect(rule.isDue(bytes: 1001, baseBytes: 0, dataBytes: 1000))
    }

    @Test func aLogWithoutItsDataIsDue() {
        // FLUSHALL: nothing has grown.
        #expect(rule.isDue(bytes: 5000, baseBytes: 5000, dataBytes: 100))
        #expect(!rule.isDue(bytes: 5000, baseBytes: 5000, dataBytes: 1250))
        #expect(!rule.isDue(bytes: 900, baseBytes: 900, dataBytes: 0))
    }

    @Test func noPercentageMeansNever() {
        let never = RewriteRule(percentage: 0, bytesMin: 0)
        #expect(!never.isDue(bytes: 1 << 40, baseBytes: 1, dataBytes: 0))
    }
}
