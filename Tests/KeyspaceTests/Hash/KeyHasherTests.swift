import Testing

@testable import Keyspace

struct KeyHasherTests {
    @Test func dependsOnSeedKeyAndLength() {
        let (a, b) = (KeyHasher(seed: (1, 2)), KeyHasher(seed: (1, 3)))
        var seen: Set<KeyHash> = []
        for length in 0...200 {
            let key = [UInt8](repeating: 0, count: length)
            #expect(seen.insert(a.hash(key.raw)).inserted, "zeros of another length hash the same")
            #expect(a.hash(key.raw) != b.hash(key.raw))
            #expect(a.hash(key.raw) == KeyHasher(seed: (1, 2)).hash(key.raw))
        }
    }

    /// Turning one bit of the key turns about half of the hash's bits, at every length and place.
    @Test func everyBitOfTheKeyCounts() {
        let hasher = KeyHasher(seed: (123, 456))
        for length in [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 64, 65, 100] {
            for bit in 0..<length * 8 {
                var turned = 0
                let samples = 40
                for sample in 0..<samples {
                    var key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ sample &* 97) }
                    let before = hasher.hash(key.raw)
                    key[bit / 8] ^= 1 << UInt8(bit % 8)
                    turned += (before.rawValue ^ hasher.hash(key.raw).rawValue).nonzeroBitCount
                }
                let mean = Double(turned) / Double(samples)
                #expect(mean > 26 && mean < 38, "bit \(bit) of \(length) bytes turns \(mean) bits")
            }
        }
    }

    /// Counting keys spread over homes, fingerprints and prefixes as evenly as chance would have it.
    @Test func countingKeysSpreadEvenly() {
        let hasher = KeyHasher(seed: (9, 9))
        var homes = [Int](repeating: 0, count: 60)
        var fingerprints = [Int](repeating: 0, count: 256)
        var prefixes = [Int](repeating: 0, count: 256)
        for number in 0..<256_000 {
            let hash = hasher.hash(bytes("key:\(number)").raw)
            homes[hash.home] += 1
            fingerprints[Int(hash.fingerprint)] += 1
            prefixes[hash.prefix(8)] += 1
        }
        for (counts, mean) in [(homes, 256_000.0 / 60), (fingerprints, 1_000), (prefixes, 1_000)] {
            let chiSquared = counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
            let freedom = Double(counts.count - 1)
            #expect(chiSquared < freedom + 5 * (2 * freedom).squareRoot(), "chi squared \(chiSquared)")
        }
    }
}
