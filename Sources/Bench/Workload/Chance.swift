import Reactor

/// Where a core's random draws come from: same seed, same run.
struct Chance {
    private var source: SimulatedRandom

    init(seed: UInt64) { source = SimulatedRandom(seed: seed) }

    /// 64 random bits.
    @inline(__always)
    mutating func next() -> UInt64 { source.next() }

    /// A number below `bound`, by multiplication: no division, and a bias below bound / 2^64.
    @inline(__always)
    mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

    /// A number from 0 to 1, without 1.
    @inline(__always)
    mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}

/// Draws an index by weight: the weights as thresholds over 64 bits.
struct WeightedDraw {
    /// The last is 2^64 - 1.
    private let thresholds: [UInt64]

    init(_ weights: [Double]) {
        precondition(!weights.isEmpty && weights.allSatisfy { $0 > 0 }, "weights are above 0")
        let total = weights.reduce(0, +)
        var sum = 0.0
        var thresholds: [UInt64] = []
        for weight in weights {
            sum += weight
            thresholds.append(UInt64(exactly: (sum / total * 0x1p64).rounded(.down)) ?? .max)
        }
        thresholds[thresholds.count - 1] = .max
        self.thresholds = thresholds
    }

    /// The index that this draw falls on. Few weights: looked through one after the other.
    @inline(__always)
    func index(_ chance: inout Chance) -> Int {
        guard thresholds.count > 1 else { return 0 }
        let draw = chance.next()
        var index = 0
        while index < thresholds.count - 1, draw >= thresholds[index] { index &+= 1 }
        return index
    }
}
