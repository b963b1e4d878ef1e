import BasicContainers
import Wire

/// What a core remembers to judge answers by. A class, because a core either has one or has none.
///
/// Lives on one core; every entry point is a step in the life of a request: drawn, written, read, answered or lost.
final class Verifier {
    private var versions: Versions
    private var counters: Counters
    private let filler: ByteBuffer
    /// For each request under way, what was known of each of its keys.
    private var floors: [Versions.Floor] = []
    private let pipeline: Int
    private let keysMax: Int
    /// For each lane the value that is coming in, and how many of its answer have come.
    private var checks = UniqueArray<ValueCheck>()
    private var valuesSeen: [Int] = []

    init(_ plan: borrowing Plan, run: UInt32) {
        versions = Versions(keys: plan.options.keys, run: run)
        let counts = plan.options.mix.entries.contains { $0.kind == .incr }
        counters = Counters(keys: counts ? plan.options.keys : 0)
        filler = ValueText.filler(sizeMax: plan.options.valueSizes.bounds.upperBound)
        pipeline = plan.options.pipeline
        keysMax = plan.keysMax
    }

    /// There are `count` lanes more.
    func addLanes(_ count: Int) {
        floors += Array(repeating: Versions.Floor(), count: count * pipeline * keysMax)
        for _ in 0..<count { checks.append(ValueCheck()) }
        valuesSeen += Array(repeating: 0, count: count)
    }

    /// Whether such a command changes its key.
    func isWrite(_ kind: CommandKind) -> Bool {
        switch kind {
        case .set, .setex, .del, .incr: true
        case .get, .mget, .custom: false
        }
    }

    /// Whether the key of such a write has another one under way.
    func isBusy(_ kind: CommandKind, _ key: UInt32) -> Bool {
        kind == .incr ? counters.isBusy(key) : versions.isBusy(key)
    }

    /// A request with this key will be sent. Takes the key if it writes.
    func drawn(_ kind: CommandKind, _ key: UInt32) {
        switch kind {
        case .incr: counters.count(key)
        case .del: versions.delete(key)
        case .set: versions.write(key)
        case .setex: versions.write(key, vanishes: true)
        case .get, .mget, .custom: break
        }
    }

    /// The value of a write is being put together.
    func willWrite(_ kind: CommandKind, _ key: UInt32, length: Int, isFirst: Bool) -> ValueText.Head {
        // One that is sent to another server after all has been noted already.
        if isFirst, !versions.isBusy(key) { versions.write(key, isFirst: true) }
        return versions.head(of: key, length: length)
    }

    /// A request that reads `key` leaves, from this place among those under way.
    func willRead(_ kind: CommandKind, _ key: UInt32, place: Int, index: Int) {
        guard kind == .get || kind == .mget else { return }
        floors[place * keysMax + index] = versions.floor(key)
    }

    /// Bytes of a value have come.
    func take(_ lane: Int, _ bytes: RawSpan) { checks[lane].take(bytes, filler: filler) }

    /// A value has ended. What is wrong with it, if the request at `place` was a read.
    func valueEnded(_ lane: Int, place: Int, kind: CommandKind, isThere: Bool) -> String? {
        let seen = checks[lane].finish(isThere: isThere)
        let index = valuesSeen[lane]
        valuesSeen[lane] += 1
        guard kind == .get || kind == .mget, index < keysMax else { return nil }
        let floor = floors[place * keysMax + index]
        return versions.check(seen, since: floor).map { "key number \(floor.key) \($0)" }
    }

    /// A request has been answered. What is wrong with a count, if it was one.
    func answered(_ lane: Int, _ request: Pending, kind: CommandKind, integer: Int64?, isError: Bool)
        -> String?
    {
        valuesSeen[lane] = 0
        switch kind {
        case .set, .setex, .del: versions.answered(request.key, isDone: !isError)
        case .incr:
            guard !isError, let integer else {
                counters.lost(request.key)
                return nil
            }
            return counters.answered(request.key, integer).map {
                "counter number \(request.key) gave \(integer) where \($0) was next"
            }
        case .get, .mget, .custom: break
        }
        return nil
    }

    /// A request will never be answered: its connection is gone.
    func lost(_ kind: CommandKind, _ key: UInt32) {
        switch kind {
        case .set, .setex, .del: versions.lost(key)
        case .incr: counters.lost(key)
        case .get, .mget, .custom: break
        }
    }

    /// A request was drawn and is not sent after all.
    func abandoned(_ kind: CommandKind, _ key: UInt32) {
        switch kind {
        case .set, .setex, .del: versions.answered(key, isDone: false)
        case .incr: counters.lost(key)
        case .get, .mget, .custom: break
        }
    }

    /// The connection of a lane is gone, and with it half a value.
    func forget(_ lane: Int) {
        _ = checks[lane].finish(isThere: false)
        valuesSeen[lane] = 0
    }
}
