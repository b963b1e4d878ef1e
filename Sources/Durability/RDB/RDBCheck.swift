import Wire

/// Looks through a file to its end, or as far as it can be followed: what it holds, what is wrong, and which parts of it
/// are whole. Knows the outside of every type, so that it counts what this version cannot hold.
public struct RDBCheck: ~Copyable {
    /// What it has found.
    public struct Report: Sendable {
        /// The file's version; 0 if it has none.
        public var version = 0
        /// Facts about the file.
        public var facts: [(name: String, value: String)] = []
        /// Keys by database.
        public var keys: [UInt64: Int] = [:]
        /// Keys by type's number.
        public var types: [UInt8: Int] = [:]
        /// Keys that expire.
        public var expiring = 0
        /// Entries that can be followed, but whose strings do not unpack: their offsets.
        public var damagedEntries: [Int] = []
        /// Why the file cannot be followed further, and where.
        public var failure: RDBReader.Failure?
        /// The whole parts of the file: its header, and items one after the other.
        public var wholeParts: [Range<Int>] = []
        /// Keys of all databases.
        public var keyCount: Int { keys.values.reduce(0, +) }
        /// Nothing is wrong.
        public var isWhole: Bool { failure == nil && damagedEntries.isEmpty }
    }

    private var reader: RDBReader
    private var sum = CRC64()
    private var summedTo = 0
    private var database: UInt64 = 0
    private var scratch = ByteBuffer()
    /// What has been found so far.
    public private(set) var report = Report()
    /// There is nothing more to look at.
    public private(set) var isDone = false

    /// A check of a file.
    public init(fileSize: Int) {
        reader = RDBReader(fileSize: fileSize, passesForeign: true)
    }

    /// Which bytes to read next.
    public var wanted: Range<Int> { reader.wanted }

    /// The bytes of `wanted`, or the first part of them.
    public mutating func take(_ bytes: RawSpan) {
        addSum(through: reader.itemEndOffset)
        reader.take(bytes)
    }

    /// Looks at items until it needs the bytes of `wanted`, or is done.
    public mutating func run() {
        do throws(RDBReader.Failure) {
            while !isDone, let item = try reader.next() {
                if report.version == 0 { beginParts() }
                try look(at: item)
            }
        } catch {
            report.failure = error
            isDone = true
        }
    }

    private mutating func beginParts() {
        report.version = reader.version
        report.wholeParts = [0..<RDB.headerLength]
    }

    private mutating func look(at item: RDBItem) throws(RDBReader.Failure) {
        switch item {
        case .entry(let entry): count(entry)
        case .select(let number):
            database = number
            keepItem()
        case .resize: keepItem()
        case .fact(let name, let value):
            note(name, value)
            keepItem()
        case .end(let checksum):
            isDone = true
            addSum(through: reader.itemEndOffset - (checksum == nil ? 0 : 8))
            if let checksum, checksum != 0, checksum != sum.value {
                throw RDBReader.Failure(
                    .checksum(found: checksum, computed: sum.value), at: reader.itemEndOffset - 8)
            }
            if reader.itemEndOffset < reader.fileSize {
                throw RDBReader.Failure(
                    .trailingBytes(reader.fileSize - reader.itemEndOffset), at: reader.itemEndOffset)
            }
        }
    }

    private mutating func count(_ entry: RDBEntry) {
        guard unpacks(entry.key), entry.string.map({ unpacks($0) }) ?? true else {
            report.damagedEntries.append(reader.itemOffset)
            return
        }
        report.keys[database, default: 0] += 1
        report.types[entry.type, default: 0] += 1
        if entry.expiry != nil { report.expiring += 1 }
        keepItem()
    }

    private mutating func note(_ name: RDBString, _ value: RDBString) {
        guard name.length < 256, value.length < 256, let name = text(name), let value = text(value) else {
            return
        }
        if name != RDB.paddingName { report.facts.append((name, value)) }
    }

    private mutating func text(_ string: RDBString) -> String? {
        guard unpacks(string) else { return nil }
        return String(decoding: scratch.bytes.copied(), as: UTF8.self)
    }

    /// Whether the string can be read; it is in `scratch` then. What is plain needs no look unless it is wanted.
    private mutating func unpacks(_ string: RDBString) -> Bool {
        if case .plain(let range) = string, range.count >= 256 { return true }
        return reader.window.unpack(string, into: &scratch)
    }

    private mutating func keepItem() {
        let item = reader.itemOffset..<reader.itemEndOffset
        if let last = report.wholeParts.last, last.upperBound == item.lowerBound {
            report.wholeParts[report.wholeParts.count - 1] = last.lowerBound..<item.upperBound
        } else {
            report.wholeParts.append(item)
        }
    }

    private mutating func addSum(through end: Int) {
        guard end > summedTo else { return }
        sum.add(reader.window, summedTo - reader.windowStart..<end - reader.windowStart)
        summedTo = end
    }
}
