// The policies that `allkeys-s3fifo` was chosen from, exact, with links and queues as published: what a shard without
// links has to come near.

/// Keys in order, by number: a doubly linked list in two arrays. The newest is first.
struct Queue {
    private var next: [Int32]
    private var previous: [Int32]
    private(set) var oldest: Int32 = -1
    private var newest: Int32 = -1
    private(set) var count = 0

    init(keys: Int) {
        next = Array(repeating: -1, count: keys)
        previous = next
    }

    mutating func push(_ key: Int32) {
        (previous[Int(key)], next[Int(key)]) = (-1, newest)
        if newest >= 0 { previous[Int(newest)] = key } else { oldest = key }
        newest = key
        count += 1
    }

    mutating func remove(_ key: Int32) {
        let (before, after) = (previous[Int(key)], next[Int(key)])
        if before >= 0 { next[Int(before)] = after } else { newest = after }
        if after >= 0 { previous[Int(after)] = before } else { oldest = before }
        count -= 1
    }

    mutating func popOldest() -> Int32 {
        let key = oldest
        remove(key)
        return key
    }

    /// The next newer key; from the newest on to the oldest.
    func newer(than key: Int32) -> Int32 { previous[Int(key)] >= 0 ? previous[Int(key)] : oldest }
    func isNewest(_ key: Int32) -> Bool { key == newest }
}

/// An exact policy over keys by number.
protocol Model {
    init(capacity: Int, keys: Int)
    /// Whether the key was there; it is now.
    mutating func request(_ key: Int32) -> Bool
}

struct ExactLRU: Model {
    private var queue: Queue
    private var isHeld: [Bool]
    private let capacity: Int

    init(capacity: Int, keys: Int) {
        self.capacity = capacity
        queue = Queue(keys: keys)
        isHeld = Array(repeating: false, count: keys)
    }

    mutating func request(_ key: Int32) -> Bool {
        let hit = isHeld[Int(key)]
        if hit {
            queue.remove(key)
        } else if queue.count == capacity {
            isHeld[Int(queue.popOldest())] = false
        }
        isHeld[Int(key)] = true
        queue.push(key)
        return hit
    }
}

/// SIEVE (Zhang and others, NSDI 2024): one queue in order of entry, a bit a key, and a hand that spares what was used.
struct Sieve: Model {
    private var queue: Queue
    private var isHeld: [Bool]
    private var isVisited: [Bool]
    private var hand: Int32 = -1
    private let capacity: Int

    init(capacity: Int, keys: Int) {
        self.capacity = capacity
        queue = Queue(keys: keys)
        isHeld = Array(repeating: false, count: keys)
        isVisited = isHeld
    }

    mutating func request(_ key: Int32) -> Bool {
        if isHeld[Int(key)] {
            isVisited[Int(key)] = true
            return true
        }
        if queue.count == capacity { evict() }
        isHeld[Int(key)] = true
        isVisited[Int(key)] = false
        queue.push(key)
        return false
    }

    private mutating func evict() {
        var key = hand >= 0 ? hand : queue.oldest
        while isVisited[Int(key)] {
            isVisited[Int(key)] = false
            key = queue.newer(than: key)
        }
        hand = queue.isNewest(key) ? -1 : queue.newer(than: key)
        queue.remove(key)
        isHeld[Int(key)] = false
    }
}

/// S3-FIFO (Yang and others, SOSP 2023): a tenth for newcomers, the rest for what was used again, ghosts of the others.
struct S3FIFO: Model {
    private enum Place: UInt8 { case nowhere, small, main }

    private var small: Queue
    private var main: Queue
    private var place: [Place]
    private var uses: [UInt8]
    private var ghosts: [Int32]
    private var ghostTurn = 0
    /// Where in `ghosts` a key is, plus one.
    private var ghostPlace: [Int32]
    private let capacity: Int

    init(capacity: Int, keys: Int) {
        self.capacity = capacity
        small = Queue(keys: keys)
        main = Queue(keys: keys)
        place = Array(repeating: .nowhere, count: keys)
        uses = Array(repeating: 0, count: keys)
        ghosts = Array(repeating: -1, count: capacity * 9 / 10)
        ghostPlace = Array(repeating: 0, count: keys)
    }

    mutating func request(_ key: Int32) -> Bool {
        if place[Int(key)] != .nowhere {
            uses[Int(key)] = min(3, uses[Int(key)] + 1)
            return true
        }
        while small.count + main.count >= capacity {
            if small.count >= capacity / 10 { evictNewcomer() } else { evictResident() }
        }
        uses[Int(key)] = 0
        if ghostPlace[Int(key)] > 0 {
            ghostPlace[Int(key)] = 0
            enterMain(key)
        } else {
            place[Int(key)] = .small
            small.push(key)
        }
        return false
    }

    private mutating func enterMain(_ key: Int32) {
        place[Int(key)] = .main
        main.push(key)
    }

    private mutating func evictNewcomer() {
        let key = small.popOldest()
        if uses[Int(key)] > 1 {
            uses[Int(key)] = 0
            return enterMain(key)
        }
        place[Int(key)] = .nowhere
        let old = ghosts[ghostTurn]
        if old >= 0, ghostPlace[Int(old)] == Int32(ghostTurn + 1) { ghostPlace[Int(old)] = 0 }
        ghosts[ghostTurn] = key
        ghostPlace[Int(key)] = Int32(ghostTurn + 1)
        ghostTurn = (ghostTurn + 1) % ghosts.count
    }

    private mutating func evictResident() {
        let key = main.popOldest()
        if uses[Int(key)] > 0 {
            uses[Int(key)] -= 1
            return main.push(key)
        }
        place[Int(key)] = .nowhere
    }
}

/// W-TinyLFU (Einziger and others, 2017): a window of a hundredth, a segmented LRU, and a sketch of all that was asked for
/// that decides who is let in.
struct TinyLFU: Model {
    private enum Place: UInt8 { case nowhere, window, probation, protected }

    private var queues: [Queue]
    private var place: [Place]
    private var sketch: [UInt8]
    private var asked = 0
    private let capacity: Int

    init(capacity: Int, keys: Int) {
        self.capacity = capacity
        queues = Array(repeating: Queue(keys: keys), count: 4)
        place = Array(repeating: .nowhere, count: keys)
        var cells = 1
        while cells < capacity * 4 { cells *= 2 }
        sketch = Array(repeating: 0, count: cells)
    }

    mutating func request(_ key: Int32) -> Bool {
        note(key)
        switch place[Int(key)] {
        case .nowhere: break
        case .window: move(key, to: .window)
        case .probation, .protected:
            move(key, to: .protected)
            let most = (capacity - capacity / 100) * 8 / 10
            if count(.protected) > most { move(oldest(.protected), to: .probation) }
        }
        if place[Int(key)] != .nowhere { return true }
        move(key, to: .window)
        if count(.window) > capacity / 100 { admit(oldest(.window)) }
        return false
    }

    private func count(_ place: Place) -> Int { queues[Int(place.rawValue)].count }
    private func oldest(_ place: Place) -> Int32 { queues[Int(place.rawValue)].oldest }

    private mutating func move(_ key: Int32, to target: Place) {
        let old = place[Int(key)]
        if old != .nowhere { queues[Int(old.rawValue)].remove(key) }
        place[Int(key)] = target
        if target != .nowhere { queues[Int(target.rawValue)].push(key) }
    }

    private mutating func admit(_ candidate: Int32) {
        guard queues.reduce(0, { $0 + $1.count }) > capacity else { return move(candidate, to: .probation) }
        let victim = count(.probation) > 0 ? oldest(.probation) : oldest(.protected)
        let isBetter = estimate(candidate) > estimate(victim)
        move(isBetter ? victim : candidate, to: .nowhere)
        if isBetter { move(candidate, to: .probation) }
    }

    private func cell(_ key: Int32, _ row: UInt64) -> Int {
        var x = UInt64(UInt32(bitPattern: key)) &* 4 &+ row
        x = (x ^ x >> 31) &* 0xD6E8_FEB8_6659_FD93
        x = (x ^ x >> 32) &* 0xA076_1D64_78BD_642F
        return Int(truncatingIfNeeded: (x ^ x >> 29) & UInt64(sketch.count - 1))
    }

    private func estimate(_ key: Int32) -> UInt8 { (0..<4).map { sketch[cell(key, $0)] }.min() ?? 0 }

    private mutating func note(_ key: Int32) {
        for row: UInt64 in 0..<4 {
            let cell = cell(key, row)
            sketch[cell] = min(15, sketch[cell] + 1)
        }
        asked += 1
        guard asked >= capacity * 10 else { return }
        asked /= 2
        for index in sketch.indices { sketch[index] >>= 1 }
    }
}

extension Model {
    /// The hits among the last three quarters of the requests, in percent.
    static func run(_ trace: [UInt32], cacheKeys: Int) -> Double {
        var model = Self(capacity: cacheKeys, keys: Int(trace.max() ?? 0) + 1)
        var hits = 0
        let warm = trace.count / 4
        for (index, key) in trace.enumerated() {
            let hit = model.request(Int32(bitPattern: key))
            if hit, index >= warm { hits += 1 }
        }
        return Double(hits) * 100 / Double(trace.count - warm)
    }
}
