/// The keyed hash of keys: 64 bits from a 128-bit secret. Copied freely.
///
/// A multiply-mix: 16 bytes at a time are mixed with the secret and multiplied to 128 bits, whose halves are
/// folded; two lanes for long keys. Without the secret nobody can choose keys that collide; with it the table is as
/// good as random. Not a MAC: hashes must not be shown to clients.
@frozen public struct KeyHasher: Sendable {
    let secretA: UInt64
    let secretB: UInt64
    let secretC: UInt64

    /// A hasher under a seed; the seed should be random for each process.
    public init(seed: (UInt64, UInt64)) {
        // A weak seed (zero, say) is spread out first; odd constants are from the fraction of the golden ratio and pi.
        let a = KeyHasher.spread(seed.0 &+ 0x9E37_79B9_7F4A_7C15)
        let b = KeyHasher.spread(seed.1 &+ 0x243F_6A88_85A3_08D3 &+ a)
        secretA = a
        secretB = b
        secretC = KeyHasher.spread(a ^ (b << 32 | b >> 32))
    }

    /// The hash of a key.
    public func hash(_ key: RawSpan) -> KeyHash {
        // Unsafe: the closure reads only key.byteCount bytes; loads overlap instead of running over.
        unsafe key.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return finish(0, 0, 0) }
            return unsafe hash(base, bytes.count)
        }
    }

    @inline(__always) func hash(_ base: UnsafeRawPointer, _ count: Int) -> KeyHash {
        if count <= 16 {
            let a: UInt64
            let b: UInt64
            if count >= 8 {
                a = unsafe base.loadUnaligned(as: UInt64.self)
                b = unsafe base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            } else if count >= 4 {
                a = unsafe UInt64(base.loadUnaligned(as: UInt32.self))
                b = unsafe UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            } else if count > 0 {
                // First, middle and last byte cover every length from 1 to 3.
                a =
                    unsafe UInt64(base.load(as: UInt8.self)) << 8
                    | UInt64(base.load(fromByteOffset: count >> 1, as: UInt8.self))
                b = unsafe UInt64(base.load(fromByteOffset: count &- 1, as: UInt8.self))
            } else {
                a = 0
                b = 0
            }
            return finish(a, b, count)
        }
        return unsafe hashLong(base, count)
    }

    /// Keys longer than 16 bytes: two lanes of 16 bytes, then the last 16 bytes, overlapping what came before.
    @inline(never) private func hashLong(_ base: UnsafeRawPointer, _ count: Int) -> KeyHash {
        var laneA = secretA
        var laneB = secretB
        var offset = 0
        while offset &+ 32 < count {
            laneA = unsafe KeyHasher.mix(
                base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ secretB,
                base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self) ^ laneA)
            laneB = unsafe KeyHasher.mix(
                base.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self) ^ secretC,
                base.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self) ^ laneB)
            offset &+= 32
        }
        if offset &+ 16 < count {
            laneA = unsafe KeyHasher.mix(
                base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ secretC,
                base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self) ^ laneA)
        }
        let a = unsafe base.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
        let b = unsafe base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return finish(a ^ laneA, b ^ (laneB << 29 | laneB >> 35), count)
    }

    @inline(__always) private func finish(_ a: UInt64, _ b: UInt64, _ count: Int) -> KeyHash {
        let product = (a ^ secretA).multipliedFullWidth(by: b ^ secretB)
        return KeyHash(
            rawValue: KeyHasher.mix(
                product.low ^ secretC ^ UInt64(truncatingIfNeeded: count), product.high ^ secretB))
    }

    @inline(__always) private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.low ^ product.high
    }

    private static func spread(_ value: UInt64) -> UInt64 {
        var x = value
        x = (x ^ (x >> 31)) &* 0xD6E8_FEB8_6659_FD93
        x = (x ^ (x >> 29)) &* 0xA076_1D64_78BD_642F
        return (x ^ (x >> 32)) | 1
    }
}
