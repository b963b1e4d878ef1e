import Reactor

/// How long a command took, as a histogram over processor cycles: eight buckets to each power of two, so a value
/// is known to one part in eight. Lives on one core; INFO and LATENCY add them up over cores.
///
/// Counting in cycles keeps a conversion off the data path; a reader converts the bounds.
struct LatencyHistogram {
    /// Empty until the first value; then one counter a bucket.
    private(set) var counts: [UInt64] = []

    private static let bucketsPerPower = 8
    static let bucketCount = 8 * 48

    var isEmpty: Bool { counts.isEmpty }

    var total: UInt64 { counts.reduce(0, +) }

    /// Counts one value.
    @inline(__always)
    mutating func note(_ cycles: UInt64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        counts[Self.bucket(of: cycles)] &+= 1
    }

    mutating func add(_ other: LatencyHistogram) {
        guard !other.isEmpty else { return }
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        for index in counts.indices { counts[index] &+= other.counts[index] }
    }

    mutating func reset() { counts = [] }

    /// The power of two in the high part, the next three bits below it in the low part.
    @inline(__always)
    static func bucket(of cycles: UInt64) -> Int {
        let value = max(cycles, 8)
        let power = 63 &- value.leadingZeroBitCount
        let part = Int(truncatingIfNeeded: (value &>> UInt64(power &- 3)) & 7)
        return min((power &- 3) &* bucketsPerPower &+ part, bucketCount &- 1)
    }

    /// The smallest number of cycles above bucket `index`.
    static func upperBound(of index: Int) -> UInt64 {
        let power = UInt64(index / bucketsPerPower) + 3
        let part = UInt64(index % bucketsPerPower)
        return (8 + part + 1) << (power - 3)
    }

    /// The value in microseconds below which `percentile` of a hundred lie.
    func micros(atPercentile percentile: Double) -> Double {
        let total = total
        guard total > 0 else { return 0 }
        let rank = max(1, UInt64((Double(total) * percentile / 100).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return Cycles.micros(Self.upperBound(of: index)) }
        }
        return 0
    }

    /// How many calls took at most so many microseconds, at bounds that double, wherever the count grows: for LATENCY
    /// HISTOGRAM. The bounds are Redis's, whose histogram counts in nanoseconds with a precision of one part in 128:
    /// 1, 2, 4, 8, 16, 33, 66, 132, ...
    var cumulative: [(micros: UInt64, calls: UInt64)] {
        var rows: [(micros: UInt64, calls: UInt64)] = []
        var calls: UInt64 = 0
        var step: UInt64 = 0
        for (index, count) in counts.enumerated() where count > 0 {
            let nanos = Cycles.micros(Self.upperBound(of: index)) * 1000
            while Double(Self.boundNanos(step)) < nanos, step < Self.stepsMax { step += 1 }
            calls += count
            let micros = Self.boundNanos(step) / 1000
            if rows.last?.micros == micros {
                rows[rows.count - 1].calls = calls
            } else {
                rows.append((micros, calls))
            }
        }
        return rows
    }

    /// Doublings of the first bound that fit.
    private static let stepsMax: UInt64 = 48

    private static func boundNanos(_ step: UInt64) -> UInt64 { (1024 << step) + (8 << step) - 1 }
}
