import Memory

/// What is remembered of evicted keys: a fingerprint and the hits. Lives in one shard; used by `allkeys-s3fifo`.
///
/// ```
///  set      | ghost 0, the newest | ghost 1 | ............. | ghost 15 |      32 bytes, the set by the key's hash
///  ghost    | fingerprint 13 | hits 3 |                                    0: none
/// ```
/// Two ghosts for each key in four bytes, counted in the shard's used bytes. They are so small because age takes no bits: a
/// set is a queue, and what comes in pushes the oldest out. Many are worth more than exact ones: between two uses of a key
/// that is just worth keeping a scan brings more keys than the cache holds. A fingerprint that fits by chance (1 newcomer
/// in 500) makes a resident of it, no more.
struct GhostTable: ~Copyable {
    private typealias Ghosts = InlineArray<16, UInt16>

    private let sheet: BlankSheet
    private let sets: Int

    private static var ghostsPerSet: Int { 16 }
    private static var wordsPerSet: Int { 8 }

    /// Room for about twice as many ghosts as keys; nil where the kernel refuses the address space.
    init?(keys: Int) {
        let sets = max(8, keys / 8)
        guard let sheet = BlankSheet(words: sets * Self.wordsPerSet) else { return nil }
        self.sheet = sheet
        self.sets = sets
    }

    /// What it takes when all is touched.
    var byteCount: Int { sheet.count * 4 }

    /// Whether the table suits so many keys: a new one is better beyond that, though it has forgotten all.
    func suits(keys: Int) -> Bool { keys <= sets * 16 && (keys >= sets || sets == 8) }

    /// Remembers an evicted key; the oldest of its set goes.
    func remember(_ hash: KeyHash, hits: UInt32) {
        let set = set(hash)
        var ghosts = ghosts(set)
        for index in (1..<Self.ghostsPerSet).reversed() { ghosts[index] = ghosts[index - 1] }
        ghosts[0] = fingerprint(hash) << 3 | UInt16(truncatingIfNeeded: min(hits, 7))
        store(ghosts, set)
    }

    /// Takes what is remembered of a key out: its hits; nil if nothing is.
    func take(_ hash: KeyHash) -> UInt32? {
        let set = set(hash)
        let fingerprint = fingerprint(hash)
        var ghosts = ghosts(set)
        var index = 0
        while index < Self.ghostsPerSet && ghosts[index] >> 3 != fingerprint { index += 1 }
        if index == Self.ghostsPerSet { return nil }
        let hits = UInt32(ghosts[index] & 7)
        for place in index..<Self.ghostsPerSet - 1 { ghosts[place] = ghosts[place + 1] }
        ghosts[Self.ghostsPerSet - 1] = 0
        store(ghosts, set)
        return hits
    }

    private func ghosts(_ set: Int) -> Ghosts {
        var ghosts = Ghosts(repeating: 0)
        for index in 0..<Self.wordsPerSet {
            let word = sheet[set * Self.wordsPerSet + index]
            ghosts[2 * index] = UInt16(truncatingIfNeeded: word)
            ghosts[2 * index + 1] = UInt16(truncatingIfNeeded: word >> 16)
        }
        return ghosts
    }

    private func store(_ ghosts: Ghosts, _ set: Int) {
        for index in 0..<Self.wordsPerSet {
            sheet[set * Self.wordsPerSet + index] =
                UInt32(ghosts[2 * index + 1]) << 16 | UInt32(ghosts[2 * index])
        }
    }

    /// 32 bits of the hash scaled to the sets.
    private func set(_ hash: KeyHash) -> Int {
        Int(truncatingIfNeeded: ((hash.rawValue >> 8 & 0xFFFF_FFFF) &* UInt64(sets)) >> 32)
    }

    /// From the top: the other end of the hash than the set's. Never 0, which is no ghost.
    private func fingerprint(_ hash: KeyHash) -> UInt16 {
        max(1, UInt16(truncatingIfNeeded: hash.rawValue >> 51))
    }
}
