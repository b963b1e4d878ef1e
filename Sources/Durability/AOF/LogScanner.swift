public import Wire

/// Finds the records of an increment, or of a base made of records: one at a time, in any number of pieces, as
/// `RequestParser` does for clients. Checks the sums on the way.
public struct LogScanner: ~Copyable {
    /// What the bytes presented turned out to be.
    public enum Item: Equatable, Sendable {
        /// A request of `length` bytes; its ranges, from its first byte, were appended.
        case request(length: Int)
        /// A line of `length` bytes that says something about the records.
        case annotation(length: Int)
        /// It goes on: call again with the same start and more bytes.
        case incomplete
        /// Not a record.
        case broken(reason: String)
        /// What lies between the last sum and this one is not what was written.
        case wrongSum(length: Int)
    }

    private var parser = RequestParser()
    private var sum = LogChecksum()
    private let isVerifying: Bool
    /// Whether the file has sums at all; redis-server writes none.
    public private(set) var hasSums = false
    /// The longest annotation; redis-server reads 1024.
    static let annotationMax = 1024
    private static let limits = RequestParser.Limits(maxBulkLength: Int(UInt32.max) - 1024)

    /// At the start of a file.
    /// - Parameter verifying: whether to check the sums; not for a file that has just been inspected.
    public init(verifying: Bool = true) { isVerifying = verifying }

    /// Looks at what starts here.
    public mutating func next(_ bytes: RawSpan, appendingTo ranges: inout [ArgumentRange]) -> Item {
        guard bytes.byteCount > 0 else { return .incomplete }
        let first = bytes.byte(at: 0)
        if first == UInt8(ascii: "#") { return annotation(bytes) }
        guard first == UInt8(ascii: "*") else {
            return .broken(reason: "no record begins with byte \(first)")
        }
        let known = ranges.count
        switch parser.next(bytes, limits: Self.limits, appendingTo: &ranges) {
        case .request(let length):
            guard ranges.count > known else { return .broken(reason: "a record without a command") }
            guard Self.endsRight(bytes, ranges[known...]) else {
                return .broken(reason: "a string that does not end where its length says")
            }
            if isVerifying { sum.add(bytes.extracting(0..<length)) }
            return .request(length: length)
        case .inlineRequest: return .broken(reason: "a line of words")
        case .incomplete: return .incomplete
        case .failure(let error): return .broken(reason: Self.text(error))
        }
    }

    private mutating func annotation(_ bytes: RawSpan) -> Item {
        for index in 0..<min(bytes.byteCount, Self.annotationMax) where bytes.byte(at: index) == 0x0A {
            let line = bytes.extracting(0..<(index + 1))
            if !isVerifying { return .annotation(length: index + 1) }
            if let expected = LogAnnotation.sum(in: line) {
                guard expected == sum.value else { return .wrongSum(length: index + 1) }
                hasSums = true
            } else if LogAnnotation.isCheck(line) {
                return .broken(reason: "a malformed checksum")
            }
            sum.add(line)
            return .annotation(length: index + 1)
        }
        return bytes.byteCount >= Self.annotationMax
            ? .broken(reason: "an annotation without an end") : .incomplete
    }

    /// Two bytes CR LF behind each string.
    private static func endsRight(_ bytes: RawSpan, _ ranges: ArraySlice<ArgumentRange>) -> Bool {
        for range in ranges {
            let end = Int(range.offset) + Int(range.length)
            guard bytes.byte(at: end) == 0x0D, bytes.byte(at: end + 1) == 0x0A else { return false }
        }
        return true
    }

    private static func text(_ error: ProtocolError) -> String {
        var text = ByteBuffer()
        error.appendText(to: &text)
        return String(decoding: text.bytes.copied(), as: UTF8.self)
    }
}
