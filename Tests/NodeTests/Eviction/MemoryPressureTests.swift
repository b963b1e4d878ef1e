import Testing

@testable import Node

struct MemoryPressureTests {
    @Test func growthIsPaidForMoreAndMoreAboveNineteenTwentieths() {
        func debt(_ used: Int) -> Int { MemoryPressure(limit: 1_000_000, used: used).debt(forGrowth: 1_000) }
        #expect(debt(500_000) == 0 && debt(950_000) == 0)
        #expect(debt(960_000) > 0 && debt(960_000) < 100)
        #expect(debt(991_000) > 980 && debt(991_000) < 1_020)
        #expect(debt(1_000_000) == 1_500 && debt(2_000_000) == 1_500)
        #expect(MemoryPressure(limit: 1_000_000, used: 999_000).debt(forGrowth: -5) == 0)
    }

    @Test func theLimitItselfIsNotOver() {
        #expect(!MemoryPressure(limit: 100, used: 100).isOver)
        #expect(MemoryPressure(limit: 100, used: 101).isOver)
        #expect(MemoryPressure(limit: 100, used: 101).excess == 1)
        // A limit of a byte must not divide by nothing.
        #expect(MemoryPressure(limit: 1, used: 5).debt(forGrowth: 8) == 12)
    }

    @Test func sharesAddUpToTheDebt() {
        let parts = [0, 10, 70, 20].map { MemoryPressure.share(of: 1_000, $0, of: 100) }
        #expect(parts == [0, 100, 700, 200])
        #expect(MemoryPressure.share(of: 1, 1, of: 1_000) == 1, "rounded up: a debt is never lost")
        #expect(MemoryPressure.share(of: 1_000, 0, of: 0) == 0)
        #expect(MemoryPressure.share(of: .max, .max, of: .max) == .max)
    }

    @Test func tenacityScalesTheSlice() {
        #expect(EvictionTenacity.micros(10) == 100)
        #expect(EvictionTenacity.micros(0) == 1 && EvictionTenacity.micros(5) == 50)
        #expect(EvictionTenacity.micros(20) == 404)
        #expect(EvictionTenacity.micros(100) == nil)
        let all = (0..<100).compactMap { EvictionTenacity.micros($0) }
        #expect(all == all.sorted())
    }
}
