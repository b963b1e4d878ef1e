import Keyspace
import Reactor
import Testing

@testable import Node

@Suite struct TurnClockTests {
    private let start = Instant(nanoseconds: 5_000_000_000)
    private let wall: Int64 = 1_767_225_600_000_900_000

    private func millis(after nanos: UInt64, _ clock: inout TurnClock, wall: Int64) -> Int64 {
        clock.read(at: start.advanced(byNanoseconds: nanos)) { wall }.rawValue
    }

    @Test func itGoesOnWithTheMonotonicClock() {
        var clock = TurnClock()
        #expect(millis(after: 0, &clock, wall: wall) == 1_767_225_600_000)
        // The look's own fraction counts: the next millisecond begins where the wall's does.
        #expect(millis(after: 99_999, &clock, wall: 0) == 1_767_225_600_000)
        #expect(millis(after: 100_000, &clock, wall: 0) == 1_767_225_600_001)
        #expect(millis(after: 99_999_999, &clock, wall: 0) == 1_767_225_600_100)
    }

    @Test func aClockThatIsSetIsFollowedWithinATenthOfASecond() {
        var clock = TurnClock()
        _ = millis(after: 0, &clock, wall: wall)
        let set = wall - 5_000_000_000
        #expect(millis(after: 100_000_000, &clock, wall: set) == 1_767_225_595_000)
        #expect(millis(after: 103_000_000, &clock, wall: 0) == 1_767_225_595_003)
    }
}
