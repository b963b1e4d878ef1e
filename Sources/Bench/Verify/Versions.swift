/// What may be read of each key: a machine over writes sent, writes acknowledged and reads. Lives on one core, which is
/// the only one that writes these keys.
///
/// The writes of a key are numbered, deletions among them, and only one is under way at a time (`isBusy`), so the
/// server applies them in order. A read must then show a write that is no older than the last one acknowledged before
/// the read was sent (the floor), and no newer than the last one sent.
struct Versions {
    /// What was known of a key when a read left.
    struct Floor: Equatable {
        var key: UInt32 = 0
        var number: UInt32 = 0
        /// Whether the key had been written by then, by us.
        var isKnown = false
    }

    /// What a read showed.
    enum Seen: Equatable {
        case nothing
        /// Bytes that are no value of ours, or not one whole.
        case damaged
        case value(ValueText.Head)
    }

    /// Why a read was wrong.
    enum Fault: Equatable {
        case lost, damaged, foreignRun
        case otherKey(UInt32)
        case stale(read: UInt32, acknowledged: UInt32)
        case neverWritten(UInt32)
    }

    private struct Entry {
        var acknowledged: UInt32 = 0
        var issued: UInt32 = 0
        var lastDelete: UInt32 = 0
        var flags: Flags = []
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let known = Flags(rawValue: 1)
        static let busy = Flags(rawValue: 2)
        /// Has been written with an expiry: it may be gone.
        static let vanishes = Flags(rawValue: 4)
        /// A write was lost with its connection: it may yet be applied, after later ones.
        static let uncertain = Flags(rawValue: 8)
    }

    private let run: UInt32
    private var entries: [Entry]

    /// For keys 0 ..< `keys` and values that carry `run`.
    init(keys: Int, run: UInt32) {
        entries = Array(repeating: Entry(), count: keys)
        self.run = run
    }

    /// Whether a write of this key is under way.
    func isBusy(_ key: UInt32) -> Bool { entries[Int(key)].flags.contains(.busy) }

    /// A write will be sent. `isFirst` is the write of the population, number 0.
    mutating func write(_ key: UInt32, vanishes: Bool = false, isFirst: Bool = false) {
        precondition(!isBusy(key), "one write of a key at a time")
        if !isFirst { entries[Int(key)].issued += 1 }
        entries[Int(key)].flags.insert(.busy)
        if vanishes { entries[Int(key)].flags.insert(.vanishes) }
    }

    /// The head of the value of the write under way.
    func head(of key: UInt32, length: Int) -> ValueText.Head {
        ValueText.Head(run: run, key: key, number: entries[Int(key)].issued, length: UInt32(length))
    }

    /// A deletion will be sent.
    mutating func delete(_ key: UInt32) {
        precondition(!isBusy(key), "one write of a key at a time")
        entries[Int(key)].issued += 1
        entries[Int(key)].lastDelete = entries[Int(key)].issued
        entries[Int(key)].flags.insert(.busy)
    }

    /// The write under way has been answered; `isDone` unless by an error, which leaves things as they were.
    mutating func answered(_ key: UInt32, isDone: Bool) {
        entries[Int(key)].flags.remove(.busy)
        guard isDone else { return }
        entries[Int(key)].acknowledged = entries[Int(key)].issued
        entries[Int(key)].flags.insert(.known)
    }

    /// The write under way will never be answered.
    mutating func lost(_ key: UInt32) {
        entries[Int(key)].flags.remove(.busy)
        entries[Int(key)].flags.insert(.uncertain)
    }

    /// A read leaves.
    func floor(_ key: UInt32) -> Floor {
        let entry = entries[Int(key)]
        return Floor(key: key, number: entry.acknowledged, isKnown: entry.flags.contains(.known))
    }

    /// A read has been answered: what is wrong with it, if anything.
    func check(_ seen: Seen, since floor: Floor) -> Fault? {
        let entry = entries[Int(floor.key)]
        let isCertain = floor.isKnown && !entry.flags.contains(.uncertain)
        switch seen {
        case .nothing:
            let isExplained =
                !isCertain || entry.flags.contains(.vanishes)
                || entry.lastDelete > 0 && entry.lastDelete >= floor.number
            return isExplained ? nil : .lost
        case .damaged: return floor.isKnown ? .damaged : nil
        case .value(let head) where head.run != run: return floor.isKnown ? .foreignRun : nil
        case .value(let head):
            if head.key != floor.key { return .otherKey(head.key) }
            if head.number > entry.issued { return .neverWritten(head.number) }
            if isCertain, head.number < floor.number {
                return .stale(read: head.number, acknowledged: floor.number)
            }
            return nil
        }
    }
}

extension Versions.Fault: CustomStringConvertible {
    /// In words, to stand behind the key.
    var description: String {
        switch self {
        case .lost: "is gone, though its write was acknowledged"
        case .damaged: "holds bytes that were never written"
        case .foreignRun: "holds the value of another run, though it was written in this one"
        case .otherKey(let key): "holds the value of key number \(key)"
        case .stale(let read, let acknowledged):
            "showed write \(read) after write \(acknowledged) was acknowledged"
        case .neverWritten(let number): "shows write \(number), which was never sent"
        }
    }
}

/// The same for counters: each answer is one more than the last. One count of a counter is under way at a time.
struct Counters {
    private struct Entry {
        var last: Int64 = 0
        var isKnown = false
        var isBusy = false
    }

    private var entries: [Entry]

    /// For counters 0 ..< `keys`.
    init(keys: Int) { entries = Array(repeating: Entry(), count: keys) }

    /// Whether this one is being counted up.
    func isBusy(_ key: UInt32) -> Bool { entries[Int(key)].isBusy }

    /// A count will be sent.
    mutating func count(_ key: UInt32) {
        precondition(!isBusy(key), "one count of a counter at a time")
        entries[Int(key)].isBusy = true
    }

    /// It was answered. The number that should have come, if another did.
    mutating func answered(_ key: UInt32, _ value: Int64) -> Int64? {
        let entry = entries[Int(key)]
        entries[Int(key)] = Entry(last: value, isKnown: true, isBusy: false)
        return entry.isKnown && value != entry.last &+ 1 ? entry.last &+ 1 : nil
    }

    /// It was answered by an error, or never will be: whether it counted is not known.
    mutating func lost(_ key: UInt32) { entries[Int(key)] = Entry() }
}
