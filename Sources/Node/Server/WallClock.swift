import Glibc
import Reactor

/// The time of day, read now. Commands on data use the turn's time instead (`CoreState.now`).
enum WallClock {
    /// The clock of the rings, for what begins before there is a ring.
    static var monotonic: Instant {
        var time = timespec()
        // Unsafe: as below.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// Microseconds since 1970.
    static var micros: Int64 {
        var time = timespec()
        // Unsafe: clock_gettime fills the struct it is given.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

/// Time that only goes forward, read now, for the main thread. Cores ask their ring.
enum MonotonicClock {
    /// Nanoseconds since some moment of this boot.
    static var nanos: UInt64 {
        var time = timespec()
        // Unsafe: clock_gettime fills the struct it is given.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
