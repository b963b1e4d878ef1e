/// The 24 bits of an entry that say how it is used, in the three readings that the policies need. Pure.
///
/// ```
///  seconds    | seconds modulo 2^24 (194 days) of the last touch               24 |
///  frequency  | minutes modulo 2^16 of the last decay   16 | logarithmic counter 8 |
///  history    | ticks of the insertion clock        20 | newcomer 1 | hits 3       |   see AccessHistory
/// ```
/// When the policy changes at run time the bits of old entries are read in the new way until they are touched: they
/// make wrong victims for a while, never a wrong state.
enum AccessClock {
    enum Kind: UInt8 { case seconds, frequency, history }

    /// Seconds, modulo 2^24.
    @inline(__always) static func seconds(_ now: UnixMillis) -> UInt32 {
        UInt32(truncatingIfNeeded: UInt64(bitPattern: now.rawValue) / 1000) & 0xFF_FFFF
    }

    /// How many seconds ago the clock was set.
    static func idleSeconds(_ clock: UInt32, at now: UnixMillis) -> UInt32 {
        (seconds(now) &- clock) & 0xFF_FFFF
    }

    // The logarithmic counter, as Redis has it.

    /// Where the counter of a new key starts, so that it is not the first to go before it could be used.
    static var counterAtStart: UInt32 { 5 }

    /// Minutes, modulo 2^16.
    static func minutes(_ now: UnixMillis) -> UInt32 {
        UInt32(truncatingIfNeeded: UInt64(bitPattern: now.rawValue) / 60_000) & 0xFFFF
    }

    /// The clock of a new key.
    static func frequencyAtStart(at now: UnixMillis) -> UInt32 { minutes(now) << 8 | counterAtStart }

    /// The counter as it is now: one less for each `decayMinutes` since it was last brought up to date.
    static func counter(_ clock: UInt32, at now: UnixMillis, decayMinutes: Int) -> UInt32 {
        let counter = clock & 0xFF
        guard decayMinutes > 0 else { return counter }
        let elapsed = (minutes(now) &- (clock >> 8)) & 0xFFFF
        let periods = elapsed / UInt32(clamping: decayMinutes)
        return periods >= counter ? 0 : counter - periods
    }

    /// The counter after one more use: it grows with probability 1 / ((counter - 5) * logFactor + 1).
    static func incremented(_ counter: UInt32, logFactor: Int, random: UInt64) -> UInt32 {
        guard counter < 255 else { return 255 }
        let base = UInt64(counter > counterAtStart ? counter - counterAtStart : 0)
        let odds = (base &* UInt64(clamping: logFactor)).addingReportingOverflow(1)
        // One in `odds`, by 32 random bits.
        let drawn = (random >> 32).multipliedReportingOverflow(by: odds.partialValue)
        if odds.overflow || drawn.overflow || drawn.partialValue >= 1 << 32 { return counter }
        return counter + 1
    }

    /// The clock after a touch.
    static func touched(_ clock: UInt32, at now: UnixMillis, _ rules: EvictionRules, random: UInt64) -> UInt32
    {
        let counter = counter(clock, at: now, decayMinutes: rules.decayMinutes)
        return minutes(now) << 8 | incremented(counter, logFactor: rules.logFactor, random: random)
    }
}
