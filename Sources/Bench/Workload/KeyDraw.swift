/// Draws key numbers for one core. A core of several sees either all keys or only its own share of them.
struct KeyDraw {
    private enum Way {
        case uniform
        case zipf(Zipf)
        /// A draw below `threshold` goes to the first `hot` keys.
        case hot(threshold: UInt64, hot: UInt64)
        case sequential
    }

    private let way: Way
    /// Keys there are.
    private let count: UInt64
    /// The next of a sequence, and how far the one after it lies.
    private var next: UInt64
    private let stride: UInt64

    /// `core` of `cores` starts its sequence at its own number and leaves the others theirs.
    init(_ distribution: KeyDistribution, keys: Int, core: Int = 0, of cores: Int = 1) {
        precondition(keys > 0 && core < cores, "there are keys, and a core is one of its number")
        count = UInt64(keys)
        next = UInt64(core) % count
        stride = UInt64(cores)
        switch distribution {
        case .uniform: way = .uniform
        case .sequential: way = .sequential
        case .zipf(let theta): way = .zipf(Zipf(count: keys, theta: theta))
        case .hot(let share, let hot):
            // All keys hot is the same as none.
            way =
                hot >= keys
                ? .uniform
                : .hot(threshold: UInt64(exactly: (share * 0x1p64).rounded(.down)) ?? .max, hot: UInt64(hot))
        }
    }

    /// The number of the next key.
    @inline(__always)
    mutating func draw(_ chance: inout Chance) -> UInt64 {
        switch way {
        case .uniform: return chance.below(count)
        case .zipf(let zipf): return UInt64(zipf.rank(&chance)) - 1
        case .hot(let threshold, let hot):
            return chance.next() < threshold ? chance.below(hot) : hot &+ chance.below(count &- hot)
        case .sequential:
            let key = next
            next &+= stride
            if next >= count { next %= count }
            return key
        }
    }
}

/// Draws the lengths of values.
struct SizeDraw {
    private enum Way {
        case fixed(Int)
        case range(low: Int, span: UInt64)
        case weighted([Int], WeightedDraw)
    }

    private let way: Way

    init(_ sizes: ValueSizes) {
        switch sizes {
        case .fixed(let bytes): way = .fixed(bytes)
        case .range(let range): way = .range(low: range.lowerBound, span: UInt64(range.count))
        case .weighted(let list): way = .weighted(list.map(\.bytes), WeightedDraw(list.map(\.weight)))
        }
    }

    /// Bytes of the next value.
    @inline(__always)
    func draw(_ chance: inout Chance) -> Int {
        switch way {
        case .fixed(let bytes): bytes
        case .range(let low, let span): low + Int(chance.below(span))
        case .weighted(let sizes, let weights): sizes[weights.index(&chance)]
        }
    }
}
