import Testing

@testable import Node

struct CompactionPlanTests {
    private func effort(
        _ percent: Int, bytes: Int = 1 << 30, isActive: Bool = true, isOverLimit: Bool = false
    ) -> Int {
        var plan = CompactionPlan()
        plan.isActive = isActive
        return plan.effort(for: .init(bytes: bytes, percent: percent, isOverLimit: isOverLimit))
    }

    @Test func betweenTheThresholdsEffortGrows() {
        #expect(effort(9) == 0)
        #expect(effort(10) == 1 && effort(55) == 13 && effort(100) == 25 && effort(400) == 25)
        #expect(effort(50, bytes: 1 << 20) == 0, "too little to be worth it")
        #expect(effort(50, isActive: false) == 0)
    }

    @Test func atTheLimitWasteIsAlwaysCompacted() {
        #expect(effort(4, bytes: 1 << 20, isActive: false, isOverLimit: true) == 25)
        #expect(effort(2, isActive: false, isOverLimit: true) == 0)
    }

    @Test func oddThresholdsDoNotDivideByNothing() {
        var plan = CompactionPlan(isActive: true, ignoredBytes: 0, percentMin: 20, percentMax: 20)
        #expect(plan.effort(for: .init(bytes: 1, percent: 20)) == 25)
        plan.effortMin = 30
        plan.percentMax = 40
        #expect(plan.effort(for: .init(bytes: 1, percent: 30)) == 25)
    }

    @Test func slicesLeaveTheRestOfTheTime() {
        #expect(CompactionWork.interval(at: 25) == 400_000)
        #expect(CompactionWork.interval(at: 1) == 10_000_000)
        #expect(CompactionWork.interval(at: 100) == 100_000)
    }
}
