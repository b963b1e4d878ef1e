import Glibc
import Reactor

/// When requests are meant to leave, however late they do. Lives on one core.
///
/// The moments are settled before the run: at equal distances, or at random ones with the same mean. A moment that
/// has passed stays due until it is taken, and what is measured counts from the moment, so a server that stalls pays
/// for every request that it kept waiting (no coordinated omission). Nothing is stored for those that wait: the
/// next moment is all there is.
struct Pacer {
    /// The moment that is next, in nanoseconds of the monotonic clock; as a fraction, so that no rate drifts.
    private var next: Double
    private let interval: Double
    private var chance: Chance?

    /// `perSecond` moments a second from `start` on; the first lies `phase` (0 to 1) of an interval behind it.
    /// With a seed they come at random.
    init(start: Instant, perSecond: Double, phase: Double = 0, seed: UInt64? = nil) {
        precondition(perSecond > 0, "a pace is above 0")
        interval = 1e9 / perSecond
        next = Double(start.nanoseconds) + phase * interval
        chance = seed.map { Chance(seed: $0) }
        if chance != nil { step() }
    }

    /// The moment that is next.
    @inline(__always) var nextMoment: Instant { Instant(nanoseconds: UInt64(next)) }

    /// Takes the next moment if it has come.
    @inline(__always)
    mutating func take(at now: Instant) -> Instant? {
        let moment = nextMoment
        guard moment <= now else { return nil }
        step()
        return moment
    }

    @inline(__always)
    private mutating func step() {
        if chance == nil {
            next += interval
        } else {
            stepByChance()
        }
    }

    private mutating func stepByChance() {
        let unit = chance?.unit() ?? 0
        // Exponential gaps; 1 - unit is never 0.
        next -= log(1 - unit) * interval
    }
}
