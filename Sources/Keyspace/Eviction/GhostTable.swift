import Memory

/// What is remembered of evicted keys: a fingerprint, the hits, and when. Lives in one shard; used by `allkeys-s3fifo`.
///
/// ```
///  set      | ghost | ghost | ghost | ghost |      4 to a set, the set by the key's hash
///  ghost    | fingerprint 16 | ticks / 32, modulo 2^13 | hits 3 |      0: none
/// ```
/// About one ghost for each key: four bytes a key at most 1.4 times, counted in the shard's used bytes. A fingerprint that
/// fits by chance (1 in 16,000) makes a newcomer a resident, no more.
struct GhostTable: ~Copyable {
    private let sheet: BlankSheet
    private let setMask: UInt64

    static var waysPerSet: Int { 4 }

    /// Room for about so many ghosts (0.7 to 1.4 times); nil where the kernel refuses the address space.
    init?(keys: Int) {
        var sets = 16
        while sets * Self.waysPerSet * 10 < keys * 7 { sets *= 2 }
        guard let sheet = BlankSheet(words: sets * Self.waysPerSet) else { return nil }
        self.sheet = sheet
        setMask = UInt64(sets - 1)
    }

    /// How many ghosts there is room for.
    var capacity: Int { Int(setMask + 1) * Self.waysPerSet }
    /// What it takes when all is touched.
    var byteCount: Int { capacity * 4 }

    /// Whether the table suits so many keys: a new one is better beyond that, though it has forgotten all.
    mutating func suits(keys: Int) -> Bool { keys <= capacity * 3 && capacity <= max(64, keys * 8) }

    /// Remembers an evicted key in place of the least worth remembering of its set.
    mutating func remember(_ hash: KeyHash, hits: UInt32, ticks: UInt64) {
        let first = self.first(hash)
        let fingerprint = self.fingerprint(hash)
        var (place, least) = (first, UInt32.max)
        for way in first..<first + Self.waysPerSet {
            let ghost = sheet[way]
            if ghost == 0 || ghost >> 16 == fingerprint {
                place = way
                break
            }
            // Hits count for more than age: 2^13 coarse ticks are 64 times the cache.
            let age = (Self.coarse(ticks) &- (ghost >> 3)) & 0x1FFF
            let worth = (ghost & 7) << 13 | (0x1FFF - age)
            if worth < least { (place, least) = (way, worth) }
        }
        sheet[place] = fingerprint << 16 | Self.coarse(ticks) << 3 | min(hits, 7)
    }

    /// Takes what is remembered of a key out; nil if nothing is. `halfLife` in ticks halves its hits.
    mutating func take(_ hash: KeyHash, ticks: UInt64, halfLife: UInt32) -> UInt32? {
        let first = self.first(hash)
        let fingerprint = self.fingerprint(hash)
        for way in first..<first + Self.waysPerSet {
            let ghost = sheet[way]
            guard ghost != 0, ghost >> 16 == fingerprint else { continue }
            sheet[way] = 0
            let age = ((Self.coarse(ticks) &- (ghost >> 3)) & 0x1FFF) << 5
            return (ghost & 7) >> min(age / max(1, halfLife), 3)
        }
        return nil
    }

    private static func coarse(_ ticks: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: ticks >> 5) & 0x1FFF }

    private func first(_ hash: KeyHash) -> Int {
        Int(truncatingIfNeeded: (hash.rawValue >> 8) & setMask) * Self.waysPerSet
    }

    /// From the top: the other end of the hash than the set's. Never 0, which is no ghost.
    private func fingerprint(_ hash: KeyHash) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.rawValue >> 48) | 1
    }
}
