import Wire

/// Reads one increment from end to end and says what it is: without executing anything, and whatever is in it.
public struct LogInspection: ~Copyable {
    /// What a file turned out to be.
    public enum Finding: Equatable, Sendable {
        /// Whole records to the end.
        case whole
        /// Whole records up to `end`; then the beginning of one, or zeros.
        case torn(end: Int)
        /// Broken at an offset.
        case broken(at: Int, reason: String)
    }

    private var scanner = LogScanner()
    private var ranges: [ArgumentRange] = []
    /// Where the record starts that is looked at.
    private var place = 0
    /// The end of the last record that stands for itself: not inside MULTI.
    private var end = 0
    /// Where the records start that the next checksum covers.
    private var batchStart = 0
    private var isInTransaction = false
    /// Whole records so far.
    public private(set) var records = 0
    /// Whether the file has checksums.
    public var hasSums: Bool { scanner.hasSums }

    /// At the start of a file.
    public init() {}

    /// Goes through as many records as `bytes` hold whole, which start where the last call stopped. Returns how many
    /// bytes that were, and a finding if the file is broken there.
    public mutating func take(_ bytes: RawSpan) -> (taken: Int, finding: Finding?) {
        var taken = 0
        while true {
            ranges.removeAll(keepingCapacity: true)
            let rest = bytes.from(taken)
            let length: Int
            switch scanner.next(rest, appendingTo: &ranges) {
            case .request(let count):
                length = count
                records += 1
                noteTransaction(rest)
            case .annotation(let count):
                length = count
                if LogAnnotation.isCheck(rest) { batchStart = place + count }
            case .incomplete: return (taken, nil)
            case .broken(let reason): return (taken, .broken(at: place, reason: reason))
            case .wrongSum:
                return (
                    taken,
                    .broken(at: batchStart, reason: "the checksum at \(place) does not fit what is before it")
                )
            }
            place += length
            taken += length
            if !isInTransaction { end = place }
        }
    }

    private mutating func noteTransaction(_ record: RawSpan) {
        guard ranges.count == 1 else { return }
        let start = Int(ranges[0].offset)
        let word = record.extracting(start..<(start + Int(ranges[0].length)))
        if word.spells("multi") { isInTransaction = true }
        if word.spells("exec") { isInTransaction = false }
    }

    /// What the file is, once all of it has been presented.
    /// - Parameters:
    ///   - rest: what follows the last whole record, or the broken one.
    ///   - broken: what `take` found.
    public func conclude(rest: RawSpan, broken: Finding?) -> Finding {
        if rest.byteCount == 0, !isInTransaction { return .whole }
        if Self.endsInZeros(rest) { return .torn(end: end) }
        if let broken { return broken }
        // A batch and its checksum are written together, so what was cut off by a crash has no checksum behind it. If
        // there is one, a length in between is wrong, and what follows it must not be cut.
        if let check = Self.firstCheck(in: rest) {
            return .broken(
                at: place, reason: "a record that reaches over the checksum at \(place + check)")
        }
        return .torn(end: end)
    }

    /// Whether what is there is the beginning of a record, or nothing, and then zeros: a file system may have made the
    /// file longer before a power cut than what had reached the disk.
    static func endsInZeros(_ bytes: RawSpan) -> Bool {
        var end = bytes.byteCount
        while end > 0, bytes.byte(at: end - 1) == 0 { end -= 1 }
        if end == bytes.byteCount { return false }
        if end == 0 { return true }
        var scanner = LogScanner(verifying: false)
        var ranges: [ArgumentRange] = []
        return scanner.next(bytes.extracting(0..<end), appendingTo: &ranges) == .incomplete
    }

    /// Where the first whole line with a checksum stands, if there is one.
    static func firstCheck(in bytes: RawSpan) -> Int? {
        var index = 1
        while index + LogAnnotation.checkLength <= bytes.byteCount {
            if bytes.byte(at: index) == UInt8(ascii: "#"), bytes.byte(at: index - 1) == 0x0A,
                LogAnnotation.sum(in: bytes.extracting(index..<(index + LogAnnotation.checkLength))) != nil
            {
                return index
            }
            index += 1
        }
        return nil
    }
}
