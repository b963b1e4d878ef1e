/// A digest of data that does not depend on the order in which keys are visited, so that shards add up: DEBUG DIGEST
/// and DEBUG DIGEST-VALUE. The same data gives the digest that redis-server gives.
///
/// Two ways of taking bytes in: `add` is a sum (exclusive or of SHA-1 digests), in any order; `mix` depends on the
/// order, because the sum is hashed once more.
///
///     value   mix(type) mix(value) [add("!!expire!!") if it expires]
///     key     mix(name), then as value
///     all     for each database with keys, in order: mix(number), then add(digest of the key) for each key
struct DataDigest: Equatable, Sendable {
    private(set) var bytes = [UInt8](repeating: 0, count: 20)

    static let zero = DataDigest()

    mutating func add(_ more: [UInt8]) { combine(DataDigest(bytes: SHA1.digest(more))) }

    mutating func mix(_ more: [UInt8]) {
        add(more)
        bytes = SHA1.digest(bytes)
    }

    /// Adds what other shards have added up.
    mutating func combine(_ other: DataDigest) {
        for index in bytes.indices { bytes[index] ^= other.bytes[index] }
    }

    /// Adds a value: all values so far are strings, type 0.
    mutating func mixValue(_ value: [UInt8], isExpiring: Bool) {
        mix(Self.number(0))
        mix(value)
        if isExpiring { add(Array("!!expire!!".utf8)) }
    }

    /// Adds one key with its value.
    mutating func addKey(_ key: [UInt8], _ value: [UInt8], isExpiring: Bool) {
        var digest = DataDigest()
        digest.mix(key)
        digest.mixValue(value, isExpiring: isExpiring)
        add(digest.bytes)
    }

    /// The data set of the databases' sums; nil for a database without keys.
    static func ofDatabases(_ sums: [DataDigest?]) -> DataDigest {
        var digest = DataDigest()
        for (index, sum) in sums.enumerated() {
            guard let sum else { continue }
            digest.mix(number(UInt32(index)))
            digest.combine(sum)
        }
        return digest
    }

    /// 32 bits, highest byte first.
    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    /// 40 hexadecimal digits.
    var text: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
