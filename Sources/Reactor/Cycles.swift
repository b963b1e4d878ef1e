import CShims
import Glibc

/// The processor's own clock: for measuring spans of code at a few nanoseconds a reading. It counts at a constant
/// rate on every processor that a Linux of our age runs on; what the rate is, is measured once.
public enum Cycles {
    /// Ticks since some time in the past.
    @inlinable
    public static func now() -> UInt64 { coronet_cycles() }

    /// Ticks in a microsecond, at least 1.
    public static let perMicro: Double = measureRate()

    /// Microseconds that `cycles` ticks take.
    public static func micros(_ cycles: UInt64) -> Double { Double(cycles) / perMicro }

    /// Ticks that `micros` take; the largest number there is if it does not fit.
    public static func ticks(micros: Int64) -> UInt64 {
        UInt64(exactly: (Double(max(0, micros)) * perMicro).rounded()) ?? .max
    }

    /// Compares both clocks over five milliseconds: a tenth of a per mille, good enough for statistics.
    private static func measureRate() -> Double {
        let nanosStart = monotonicNanos()
        let cyclesStart = now()
        while monotonicNanos() - nanosStart < 5_000_000 { coronet_spin_hint() }
        let cycles = now() - cyclesStart
        let nanos = monotonicNanos() - nanosStart
        return max(1, Double(cycles) * 1000 / Double(nanos))
    }

    private static func monotonicNanos() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
