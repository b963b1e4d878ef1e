/// How long values are, in bytes.
public enum ValueSizes: Equatable, Sendable, CustomStringConvertible {
    /// All alike.
    case fixed(Int)
    /// Any length of a range, all equally often.
    case range(ClosedRange<Int>)
    /// Lengths by weight.
    case weighted([Weighted])

    /// One length and how often it comes.
    public struct Weighted: Equatable, Sendable {
        /// Bytes.
        public var bytes: Int
        /// To be seen beside the other weights.
        public var weight: Double
    }

    /// The largest value that a server of either kind could be asked to keep.
    static let bytesMax = 512 << 20

    /// `64`, `16-1024` or `16:50,1024:40,65536:10`.
    public init(parsing text: String) throws(OptionError) {
        if let bytes = Self.bytes(text) {
            self = .fixed(bytes)
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if ends.count == 2, let low = Self.bytes(ends[0]), let high = Self.bytes(ends[1]), low <= high {
            self = .range(low...high)
            return
        }
        var list: [Weighted] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard words.count == 2, let bytes = Self.bytes(words[0]), let weight = Double(words[1]),
                weight > 0, weight.isFinite
            else {
                throw OptionError("--value-size is BYTES, LOW-HIGH or BYTES:WEIGHT,..., not \(text)")
            }
            list.append(Weighted(bytes: bytes, weight: weight))
        }
        self = .weighted(list)
    }

    private static func bytes(_ text: String) -> Int? {
        guard let bytes = Int(text), bytes >= 0, bytes <= bytesMax else { return nil }
        return bytes
    }

    /// The shortest and the longest.
    var bounds: ClosedRange<Int> {
        switch self {
        case .fixed(let bytes): return bytes...bytes
        case .range(let range): return range
        case .weighted(let list):
            let sizes = list.map(\.bytes)
            return (sizes.min() ?? 0)...(sizes.max() ?? 0)
        }
    }

    /// As on the command line.
    public var description: String {
        switch self {
        case .fixed(let bytes): "\(bytes)"
        case .range(let range): "\(range.lowerBound)-\(range.upperBound)"
        case .weighted(let list): list.map { "\($0.bytes):\($0.weight)" }.joined(separator: ",")
        }
    }
}
