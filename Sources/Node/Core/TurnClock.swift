import Keyspace
import Reactor

/// The wall clock as one core tells it: by the monotonic clock, which each turn reads anyway, and ten times a second by a
/// look at the wall. A clock that is set is followed within a tenth of a second. Lives on one core.
struct TurnClock {
    private static let nanosBetweenLooks: UInt64 = 100_000_000
    /// Nanoseconds from the monotonic clock to the wall's.
    private var offset: Int64 = 0
    private var nextLook = Instant.past

    /// Milliseconds since 1970; `wall` reads the wall clock in nanoseconds at this instant.
    @inline(__always)
    mutating func read(at instant: Instant, _ wall: () -> Int64) -> UnixMillis {
        let now = Int64(bitPattern: instant.nanoseconds)
        if instant >= nextLook {
            nextLook = instant.advanced(byNanoseconds: Self.nanosBetweenLooks)
            offset = wall() &- now
        }
        return UnixMillis(rawValue: (now &+ offset) / 1_000_000)
    }
}
