import Glibc
import PerfSupport

/// Ranks by Zipf's law: rank r is asked for in proportion to 1 / (r + 1)^exponent.
struct Zipf {
    private var cumulative: [Double]

    init(_ count: Int, exponent: Double) {
        var sum = 0.0
        cumulative = (0..<count).map {
            sum += pow(Double($0 + 1), -exponent)
            return sum
        }
        for index in cumulative.indices { cumulative[index] /= sum }
    }

    func rank(_ dice: inout Dice) -> Int {
        let wanted = dice.unit()
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The keys that are asked for, by number. `cacheKeys` is how many the cache under test holds.
enum Trace: String, CaseIterable {
    /// Zipf's law over ten times the cache.
    case zipf07 = "zipf-0.7"
    case zipf099 = "zipf-0.99"
    case zipf12 = "zipf-1.2"
    /// Every other request walks through eight times the cache, over and over; the others go to a hot set of nine tenths
    /// of the cache, all of it alike.
    case scan
    /// The same, the hot set as large as the cache and by Zipf's law with 0.8.
    case scanZipf = "scan-zipf"
    /// Zipf 0.99 over twice the cache; after each four caches' worth of requests a walk through two caches' worth.
    case bursts
    /// Zipf 0.99 over ten times the cache; the ranks move by a tenth of the cache for each cache's worth of requests.
    case shift
    /// The same; all ranks change at once, five times in all.
    case jump

    func keys(_ count: Int, cacheKeys: Int, seed: UInt64) -> [UInt32] {
        var dice = Dice(seed: seed)
        switch self {
        case .zipf07: return Self.zipf(count, cacheKeys, 0.7, &dice)
        case .zipf099: return Self.zipf(count, cacheKeys, 0.99, &dice)
        case .zipf12: return Self.zipf(count, cacheKeys, 1.2, &dice)
        case .scan: return Self.scan(count, hot: cacheKeys * 9 / 10, cacheKeys, nil, &dice)
        case .scanZipf:
            return Self.scan(count, hot: cacheKeys, cacheKeys, Zipf(cacheKeys, exponent: 0.8), &dice)
        case .bursts: return Self.bursts(count, cacheKeys, &dice)
        case .shift:
            let zipf = Zipf(cacheKeys * 10, exponent: 0.99)
            return (0..<count).map {
                UInt32((zipf.rank(&dice) + $0 / cacheKeys * (cacheKeys / 10)) % (cacheKeys * 10))
            }
        case .jump:
            let zipf = Zipf(cacheKeys * 10, exponent: 0.99)
            return (0..<count).map {
                UInt32((zipf.rank(&dice) * 7919 + $0 * 5 / count * (cacheKeys * 2 + 13)) % (cacheKeys * 10))
            }
        }
    }

    private static func zipf(_ count: Int, _ cacheKeys: Int, _ exponent: Double, _ dice: inout Dice)
        -> [UInt32]
    {
        let zipf = Zipf(cacheKeys * 10, exponent: exponent)
        return (0..<count).map { _ in UInt32(zipf.rank(&dice)) }
    }

    private static func scan(
        _ count: Int, hot: Int, _ cacheKeys: Int, _ zipf: Zipf?, _ dice: inout Dice
    ) -> [UInt32] {
        var place = 0
        return (0..<count).map { _ in
            if dice.next() >> 63 == 0 { return UInt32(zipf?.rank(&dice) ?? dice.below(hot)) }
            place = (place + 1) % (cacheKeys * 8)
            return UInt32(hot + place)
        }
    }

    private static func bursts(_ count: Int, _ cacheKeys: Int, _ dice: inout Dice) -> [UInt32] {
        let zipf = Zipf(cacheKeys * 2, exponent: 0.99)
        var place = 0
        return (0..<count).map {
            if $0 % (6 * cacheKeys) < 4 * cacheKeys { return UInt32(zipf.rank(&dice)) }
            place = (place + 1) % (cacheKeys * 64)
            return UInt32(cacheKeys * 2 + place)
        }
    }
}
