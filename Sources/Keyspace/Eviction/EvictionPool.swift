import Memory

/// The best victims seen so far, kept from one eviction to the next: so each eviction looks at a few keys only and still
/// takes one of the worst of many. Lives in one shard.
///
/// A candidate is a note, not a reference: its entry may have moved, gone or been used since, so it is looked up and
/// judged again before it goes.
struct EvictionPool {
    struct Candidate: BitwiseCopyable {
        var score: UInt64 = 0
        var hash = KeyHash(rawValue: 0)
        var handle = Handle.none
        var database: UInt8 = 0
    }

    static var capacity: Int { 16 }

    private var candidates = InlineArray<16, Candidate>(repeating: Candidate())
    private(set) var count = 0

    mutating func removeAll() { count = 0 }

    /// Whether a candidate with this score would be let in.
    func admits(_ score: UInt64) -> Bool { count < Self.capacity || score > candidates[worst].score }

    /// Lets a candidate in, in place of the worst if it is full; one that is there gets its new score.
    mutating func insert(_ candidate: Candidate) {
        for index in 0..<count
        where candidates[index].handle == candidate.handle && candidates[index].hash == candidate.hash {
            candidates[index] = candidate
            return
        }
        if count < Self.capacity {
            candidates[count] = candidate
            count += 1
        } else if candidate.score > candidates[worst].score {
            candidates[worst] = candidate
        }
    }

    /// The best score; nil when there is none.
    var bestScore: UInt64? { count == 0 ? nil : candidates[best].score }

    /// Takes the best candidate out.
    mutating func takeBest() -> Candidate? {
        if count == 0 { return nil }
        let best = best
        let candidate = candidates[best]
        count -= 1
        candidates[best] = candidates[count]
        return candidate
    }

    private var best: Int {
        var best = 0
        for index in 1..<max(1, count) where candidates[index].score > candidates[best].score { best = index }
        return best
    }

    private var worst: Int {
        var worst = 0
        for index in 1..<max(1, count) where candidates[index].score < candidates[worst].score {
            worst = index
        }
        return worst
    }
}
