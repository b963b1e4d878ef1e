import Glibc

/// Draws ranks from 1 to n with a probability in proportion to 1 / rank^theta, exactly, in constant time and memory.
///
/// Rejection-inversion (W. Hörmann, G. Derflinger: "Rejection-inversion to generate variates from monotone discrete
/// distributions", ACM TOMACS 6(3), 1996): a point is drawn under the integral of x^-theta, inverted, rounded to a
/// rank, and rejected where the area of the histogram bar does not reach. More than four of five draws are accepted
/// at once.
///
///     H(x) = (x^(1-theta) - 1) / (1 - theta),  log x for theta = 1
///
/// A draw takes two or three calls of the mathematical library: some 50 ns.
struct Zipf {
    private let count: Double
    private let theta: Double
    /// H(1.5) - 1, and H(n + 1/2): the ends of the area that is drawn from.
    private let areaStart: Double
    private let areaEnd: Double
    /// Ranks whose point lies within this distance are accepted without computing the bar.
    private let sureDistance: Double

    init(count: Int, theta: Double) {
        precondition(count > 0 && theta > 0, "a Zipf distribution has ranks and a skew")
        self.count = Double(count)
        self.theta = theta
        areaStart = Self.integral(1.5, theta) - 1
        areaEnd = Self.integral(self.count + 0.5, theta)
        sureDistance = 2 - Self.inverse(Self.integral(2.5, theta) - pow(2, -theta), theta)
    }

    /// A rank from 1.
    func rank(_ chance: inout Chance) -> Int {
        while true {
            let area = areaEnd + chance.unit() * (areaStart - areaEnd)
            let x = Self.inverse(area, theta)
            let rank = min(count, max(1, (x + 0.5).rounded(.down)))
            if rank - x <= sureDistance || area >= Self.integral(rank + 0.5, theta) - pow(rank, -theta) {
                return Int(rank)
            }
        }
    }

    /// H(x), also near theta = 1, where its plain form loses all digits.
    private static func integral(_ x: Double, _ theta: Double) -> Double {
        let logarithm = log(x)
        let exponent = (1 - theta) * logarithm
        return abs(exponent) > 1e-8 ? expm1(exponent) / (1 - theta) : logarithm * (1 + exponent / 2)
    }

    /// The x at which H is `area`.
    private static func inverse(_ area: Double, _ theta: Double) -> Double {
        let scaled = max(-1, area * (1 - theta))
        return exp(abs(scaled) > 1e-8 ? log1p(scaled) / (1 - theta) : area * (1 - scaled / 2))
    }
}
