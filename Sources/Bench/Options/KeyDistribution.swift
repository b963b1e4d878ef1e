/// Which keys are asked for how often. Keys are numbers from 0; low numbers are the frequent ones.
public enum KeyDistribution: Equatable, Sendable, CustomStringConvertible {
    /// All alike.
    case uniform
    /// Key number k with a weight of 1 / (k + 1)^theta.
    case zipf(theta: Double)
    /// `share` of the draws go to the first `count` keys.
    case hot(share: Double, count: Int)
    /// One after the other, and again from the start.
    case sequential

    /// `uniform`, `zipf:0.99`, `hot:0.9:1000`, `sequential`.
    public init(parsing text: String) throws(OptionError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("uniform", 1): self = .uniform
        case ("sequential", 1): self = .sequential
        case ("zipf", 1): self = .zipf(theta: 0.99)
        case ("zipf", 2):
            guard let theta = Double(parts[1]), theta > 0, theta <= 10 else {
                throw OptionError("--distribution zipf:THETA: THETA is a number above 0 and up to 10")
            }
            self = .zipf(theta: theta)
        case ("hot", 3):
            guard let share = Double(parts[1]), share >= 0, share <= 1, let count = Int(parts[2]), count > 0
            else {
                throw OptionError(
                    "--distribution hot:SHARE:COUNT: SHARE lies between 0 and 1, COUNT is above 0")
            }
            self = .hot(share: share, count: count)
        default:
            throw OptionError(
                "--distribution is uniform, zipf:THETA, hot:SHARE:COUNT or sequential, not \(text)")
        }
    }

    /// As on the command line.
    public var description: String {
        switch self {
        case .uniform: "uniform"
        case .zipf(let theta): "zipf:\(theta)"
        case .hot(let share, let count): "hot:\(share):\(count)"
        case .sequential: "sequential"
        }
    }
}
