import Glibc
import Keyspace
import PerfSupport

/// Stores `count` keys with values of `valueBytes`.
func fill(_ shard: inout Shard, _ count: Int, valueBytes: Int, ttl: ((Int) -> Int64)? = nil) {
    let value = [UInt8](repeating: 0x78, count: valueBytes)
    for number in 0..<count {
        let key = Key(number)
        let expiry: ExpiryChange =
            ttl.map { .at(UnixMillis(rawValue: epoch.rawValue + $0(number))) } ?? .clear
        let span = key.raw
        let id = shard.store(
            span, shard.hash(span), in: db, value: value.raw, encoding: .raw, expiry: expiry, at: epoch
        )
        precondition(id != nil, "the arena is full")
    }
}

func measureBytes() {
    print(
        "bytes a key beyond key and value, 1M keys of 16 B (used + bookkeeping; resident memory for comparison)"
    )
    for (valueBytes, expiring) in [
        (16, false), (64, false), (16, true), (64, true), (3, false), (100, false),
    ] {
        var shard = makeShard(hugePages: false)
        fill(&shard, 1_000_000, valueBytes: valueBytes, ttl: expiring ? { Int64(1_000_000 + $0) } : nil)
        let data = Double(16 + valueBytes)
        let used = Double(shard.usedBytes) / 1e6 - data
        let all = Double(shard.usedBytes + shard.bookkeepingBytes) / 1e6 - data
        let committed = Double(shard.committedBytes) / 1e6 - data
        print(
            "  value \(valueBytes) B\(expiring ? " + ttl" : ""): used \(fixed(used)), with bookkeeping \(fixed(all)),",
            "committed \(fixed(committed))")
    }
}

/// The slowest of ten million turns that do nothing: how much of what `measureGrowth` shows is the machine's own.
func measureNothing() {
    var (last, slowest) = (nanos(CLOCK_THREAD_CPUTIME_ID), UInt64(0))
    for _ in 0..<10_000_000 {
        let now = nanos(CLOCK_THREAD_CPUTIME_ID)
        (last, slowest) = (now, max(slowest, now - last))
    }
    print("slowest of 10M turns without an insert: \(slowest / 1000) us")
}

/// Grows a shard to ten million keys, `runs` times. The same keys with the same hashes each time, so what an insert does
/// is the same too: what it took at best is its own, what it took beyond that in one run the machine's.
func measureGrowth(runs: Int = 5) {
    for huge in [true, false] {
        var least = [UInt32](repeating: .max, count: 10_000_000)
        for run in 1...runs { grow(&least, hugePages: huge, describes: run == 1) }
        let worst = least.indices.filter { least[$0] > 10_000 }.sorted { least[$0] > least[$1] }.prefix(8)
        print(
            "  at best of \(runs) runs:",
            worst.map { "\(least[$0] / 1000) us at key \($0)" }.joined(separator: ", "))
    }
}

/// One run; `least` holds for each insert the shortest time so far, in nanoseconds.
private func grow(_ least: inout [UInt32], hugePages: Bool, describes: Bool) {
    var shard = makeShard(hugePages: hugePages)
    let value = [UInt8](repeating: 0x78, count: 64)
    var histogram = [Int](repeating: 0, count: 40)
    var slowest: [(UInt64, Int)] = []
    // The thread's own time: on a shared machine the clock on the wall shows other programs' turns.
    let from = nanos(CLOCK_THREAD_CPUTIME_ID)
    var last = from
    for number in least.indices {
        let key = Key(number)
        let hash = shard.hash(key.raw)
        _ = shard.store(key.raw, hash, in: db, value: value.raw, encoding: .raw, expiry: .clear, at: epoch)
        let now = nanos(CLOCK_THREAD_CPUTIME_ID)
        let took = now - last
        last = now
        least[number] = min(least[number], UInt32(clamping: took))
        histogram[64 - took.leadingZeroBitCount] += 1
        if took > 100_000 { slowest.append((took, number)) }
    }
    if describes {
        print(
            "growing to 10M keys, huge pages \(hugePages): \(fixed(Double(last - from) / 1e7)) ns of cpu an insert"
        )
        for (bits, count) in histogram.enumerated() where count > 0 {
            print("    < \(1 << bits) ns: \(count)")
        }
        print("  bytes a key beyond key and value: \(fixed(Double(shard.usedBytes) / 1e7 - 80))")
    }
    slowest.sort { $0.0 > $1.0 }
    print("  slowest:", slowest.prefix(8).map { "\($0.0 / 1000) us at key \($0.1)" }.joined(separator: ", "))
}

func measureFind(keys: Int, hugePages: Bool = true) {
    var shard = makeShard(hugePages: hugePages)
    fill(&shard, keys, valueBytes: 64)
    let rounds = 3_000_000
    let batch = 16
    print("find among \(keys) keys, random order, huge pages \(hugePages), \(rounds) lookups")
    for prefetching in [false, true] {
        var dice = Dice(seed: 7)
        var sum = 0
        let from = nanos(CLOCK_THREAD_CPUTIME_ID)
        var keysOfBatch = [Key](repeating: Key(0), count: batch)
        var hashes = [KeyHash](repeating: KeyHash(rawValue: 0), count: batch)
        for _ in 0..<rounds / batch {
            for i in 0..<batch {
                keysOfBatch[i] = Key(dice.below(keys))
                hashes[i] = shard.hash(keysOfBatch[i].raw)
            }
            if prefetching {
                for i in 0..<batch { shard.prefetchBucket(hashes[i], in: db) }
                for i in 0..<batch { shard.prefetchEntry(hashes[i], in: db) }
            }
            for i in 0..<batch {
                guard
                    let id = shard.find(keysOfBatch[i].raw, hashes[i], in: db, at: epoch, .read)
                else { preconditionFailure("a key is missing") }
                sum &+= Int(unsafe shard.value(of: id).unsafeLoad(fromByteOffset: 63, as: UInt8.self))
            }
        }
        let found = nanos(CLOCK_THREAD_CPUTIME_ID) - from
        // The same without the shard, to be taken off: making keys and hashes.
        dice = Dice(seed: 7)
        let empty = nanos(CLOCK_THREAD_CPUTIME_ID)
        for _ in 0..<rounds / batch {
            for i in 0..<batch {
                keysOfBatch[i] = Key(dice.below(keys))
                hashes[i] = shard.hash(keysOfBatch[i].raw)
            }
            sum &+= Int(truncatingIfNeeded: hashes[3].rawValue)
        }
        let made = nanos(CLOCK_THREAD_CPUTIME_ID) - empty
        print(
            "  \(prefetching ? "prefetched in batches of 16" : "one by one"):",
            "\(fixed(Double(found - made) / Double(rounds))) ns (making key and hash: \(fixed(Double(made) / Double(rounds))) ns)",
            sum == 0 ? "!" : "")
    }
    // The hash alone.
    let key = Key(12345)
    var sum: UInt64 = 0
    let from = nanos(CLOCK_THREAD_CPUTIME_ID)
    for _ in 0..<10_000_000 { sum &+= shard.hash(key.raw).rawValue }
    print(
        "  hash of 16 B: \(fixed(Double(nanos(CLOCK_THREAD_CPUTIME_ID) - from) / 1e7)) ns",
        sum == 0 ? "!" : "")
    // Overwriting in place.
    let value = [UInt8](repeating: 0x79, count: 64)
    var dice = Dice(seed: 9)
    let before = shard.usedBytes
    let storing = nanos(CLOCK_THREAD_CPUTIME_ID)
    for _ in 0..<1_000_000 {
        let key = Key(dice.below(keys))
        let span = key.raw
        _ = shard.store(
            span, shard.hash(span), in: db, value: value.raw, encoding: .raw, expiry: .clear, at: epoch
        )
    }
    print(
        "  overwrite in place: \(fixed(Double(nanos(CLOCK_THREAD_CPUTIME_ID) - storing) / 1e6)) ns (key and hash included),",
        shard.usedBytes == before ? "no block moved" : "BLOCKS MOVED")
}

func measureExpiry() {
    // Times to live from 1 s to an hour, denser near the start, then the clock runs in 1 ms turns.
    var shard = makeShard()
    var dice = Dice(seed: 3)
    var due: [Int64] = []
    due.reserveCapacity(1_000_000)
    for _ in 0..<1_000_000 {
        let ttl: Int
        switch dice.below(4) {
        case 0: ttl = 1_000 + dice.below(9_000)
        case 1: ttl = 10_000 + dice.below(50_000)
        case 2: ttl = 60_000 + dice.below(540_000)
        default: ttl = 600_000 + dice.below(3_000_000)
        }
        due.append(Int64(ttl))
    }
    fill(&shard, 1_000_000, valueBytes: 64, ttl: { due[$0] })
    due.sort()
    var removed = 0
    var lateMax: Int64 = 0
    var sliceMax: UInt64 = 0
    var busySecond: UInt64 = 0
    var busyMax: UInt64 = 0
    let from = nanos(CLOCK_THREAD_CPUTIME_ID)
    // The turn's clock in steps of 1 ms; nothing else happens on this core.
    for turn in 0..<Int64(3_601_000) {
        let now = UnixMillis(rawValue: epoch.rawValue + turn)
        let began = nanos(CLOCK_THREAD_CPUTIME_ID)
        removed += shard.expire(at: now, atMost: 200)
        let took = nanos(CLOCK_THREAD_CPUTIME_ID) - began
        sliceMax = max(sliceMax, took)
        busySecond += took
        if turn % 1000 == 999 {
            busyMax = max(busyMax, busySecond)
            busySecond = 0
        }
        if removed < due.count { lateMax = max(lateMax, turn - due[removed]) }
    }
    let cpu = nanos(CLOCK_THREAD_CPUTIME_ID) - from
    print("expiring 1M keys of mixed TTL (1 s to 1 h) in slices of 200, one a millisecond:")
    print(
        "  removed \(removed), latest \(lateMax) ms after its time, cpu \(cpu / 1_000_000) ms in all,",
        "worst second \(fixed(Double(busyMax) / 1e7, 2)) % of a core, worst slice \(sliceMax / 1000) us,",
        "left \(shard.usedBytes) B")
}

func measureFlush() {
    var shard = makeShard()
    fill(&shard, 5_000_000, valueBytes: 64)
    let used = shard.usedBytes
    let from = nanos()
    shard.flush(in: db)
    let flushed = nanos() - from
    var slices = 0
    var sliceMax: UInt64 = 0
    while shard.committedBytes > 17 << 20 && slices < 100_000 {
        let began = nanos()
        _ = shard.expire(at: epoch, atMost: 100)
        sliceMax = max(sliceMax, nanos() - began)
        slices += 1
    }
    print(
        "flush of 5M keys (\(used >> 20) MiB): \(flushed / 1000) us, then \(slices) slices of at most",
        "\(sliceMax / 1000) us gave the pages back; committed \(shard.committedBytes >> 20) MiB")
}
