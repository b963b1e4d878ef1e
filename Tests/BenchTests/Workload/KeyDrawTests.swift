import Glibc
import Testing

@testable import Bench

@Suite struct KeyDrawTests {
    private func counts(_ distribution: KeyDistribution, keys: Int, draws: Int, seed: UInt64 = 7) -> [Int] {
        var draw = KeyDraw(distribution, keys: keys)
        var chance = Chance(seed: seed)
        var counts = [Int](repeating: 0, count: keys)
        for _ in 0..<draws { counts[Int(draw.draw(&chance))] += 1 }
        return counts
    }

    /// The sum of squared distances to what is expected, each measured in what is expected: about one for each degree of
    /// freedom if the draws follow the distribution.
    private func chiSquare(_ counts: [Int], _ probabilities: [Double]) -> Double {
        let draws = Double(counts.reduce(0, +))
        return zip(counts, probabilities).reduce(0) { sum, pair in
            let expected = draws * pair.1
            return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
        }
    }

    @Test(arguments: [0.2, 0.5, 0.99, 1.0, 1.2, 2.5])
    func zipfHasItsTheoreticalMass(theta: Double) {
        let keys = 50
        let weights = (1...keys).map { pow(Double($0), -theta) }
        let total = weights.reduce(0, +)
        let found = counts(.zipf(theta: theta), keys: keys, draws: 200_000)
        let distance = chiSquare(found, weights.map { $0 / total })
        // 49 degrees of freedom: beyond 100 once in 50,000 times; the seed is fixed.
        #expect(distance < 100, "theta \(theta): chi-square \(distance)")
        // And the test can tell: half as skewed is another distribution.
        let other = (1...keys).map { pow(Double($0), -theta / 2) }
        let otherTotal = other.reduce(0, +)
        #expect(chiSquare(found, other.map { $0 / otherTotal }) > 200)
    }

    @Test func zipfOverManyKeysStaysInside() {
        var draw = KeyDraw(.zipf(theta: 0.99), keys: 100_000_000)
        var chance = Chance(seed: 3)
        var first = 0
        for _ in 0..<100_000 {
            let key = draw.draw(&chance)
            #expect(key < 100_000_000)
            if key == 0 { first += 1 }
        }
        // 1 / (sum over 10^8 ranks of r^-0.99) is 0.0455.
        #expect((4200...4900).contains(first), "\(first) of 100,000 draws were the first key")
    }

    @Test func aSingleKeyIsAlwaysDrawn() {
        for distribution: KeyDistribution in [
            .uniform, .zipf(theta: 0.99), .sequential, .hot(share: 0.5, count: 1),
        ] {
            #expect(counts(distribution, keys: 1, draws: 100) == [100])
        }
    }

    @Test func uniformIsUniform() {
        let distance = chiSquare(
            counts(.uniform, keys: 100, draws: 100_000), [Double](repeating: 0.01, count: 100))
        #expect(distance < 170)
    }

    @Test func hotKeysGetTheirShare() {
        let found = counts(.hot(share: 0.9, count: 10), keys: 1000, draws: 100_000)
        let hot = found[..<10].reduce(0, +)
        #expect((89_500...90_500).contains(hot))
        #expect(found[..<10].allSatisfy { (8400...9600).contains($0) })
        #expect(found[10...].filter { $0 == 0 }.isEmpty)
    }

    @Test func aHotSetOfAllKeysIsUniform() {
        let found = counts(.hot(share: 0.9, count: 10), keys: 10, draws: 10_000)
        #expect(found.allSatisfy { (800...1200).contains($0) })
    }

    @Test func sequencesOfAllCoresCoverTheKeys() {
        var seen = [Int](repeating: 0, count: 10)
        for core in 0..<3 {
            var draw = KeyDraw(.sequential, keys: 10, core: core, of: 3)
            var chance = Chance(seed: 1)
            for _ in 0..<10 { seen[Int(draw.draw(&chance))] += 1 }
        }
        #expect(seen == [Int](repeating: 3, count: 10))
    }

    @Test func weightsAreKept() {
        let draw = WeightedDraw([50, 40, 10])
        var chance = Chance(seed: 5)
        var found = [0, 0, 0]
        for _ in 0..<100_000 { found[draw.index(&chance)] += 1 }
        #expect((49_300...50_700).contains(found[0]))
        #expect((39_300...40_700).contains(found[1]))
        #expect((9_500...10_500).contains(found[2]))
    }

    @Test func sizesStayInTheirRange() {
        let draw = SizeDraw(.range(16...18))
        var chance = Chance(seed: 5)
        var found = Set<Int>()
        for _ in 0..<1000 { found.insert(draw.draw(&chance)) }
        #expect(found == [16, 17, 18])
    }

    @Test func theSameSeedDrawsTheSame() {
        #expect(
            counts(.uniform, keys: 50, draws: 500, seed: 9) == counts(.uniform, keys: 50, draws: 500, seed: 9)
        )
        #expect(
            counts(.uniform, keys: 50, draws: 500, seed: 9)
                != counts(.uniform, keys: 50, draws: 500, seed: 10))
    }
}
