/// A small generator whose whole state is its seed: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
public struct SimulatedRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Same seed, same numbers.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }

    /// A number below `bound`, near enough to uniform for a simulation.
    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    /// True once in `chances`.
    public mutating func once(in chances: Int) -> Bool { below(chances) == 0 }
}
