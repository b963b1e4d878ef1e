// Replies that hold replies, and where an unknown number of them is counted afterwards.

extension ReplyWriter {
    /// `count` replies follow.
    @inlinable public mutating func array(_ count: Int) { header(UInt8(ascii: "*"), count) }

    /// An array without replies.
    @inlinable public mutating func emptyArray() { buffer.append(word: 0x0A0D_302A, length: 4) }

    /// `pairs` times a key and a value follow; in RESP2 an array of twice as many.
    public mutating func map(_ pairs: Int) {
        if version == .v2 { array(2 * pairs) } else { header(UInt8(ascii: "%"), pairs) }
    }

    /// `count` replies follow, none twice; in RESP2 an array.
    public mutating func set(_ count: Int) {
        if version == .v2 { array(count) } else { header(UInt8(ascii: "~"), count) }
    }

    /// A message that answers no request; `count` replies follow. In RESP2 an array.
    public mutating func push(_ count: Int) {
        if version == .v2 { array(count) } else { header(UInt8(ascii: ">"), count) }
    }

    /// `pairs` times a key and a value follow, then the reply that they describe. RESP3 only.
    public mutating func attribute(_ pairs: Int) {
        precondition(version == .v3, "RESP2 has no attributes")
        header(UInt8(ascii: "|"), pairs)
    }

    /// A place in front of the next reply, where a header can be put once the replies behind it are counted.
    public struct Place {
        let offset: Int
    }

    /// The place where the next reply will be written.
    public func place() -> Place { Place(offset: buffer.count) }

    /// Makes the `count` replies written since `place` an array. Moves what was written since.
    public mutating func makeArray(of count: Int, from place: Place) {
        insert(at: place) { $0.array(count) }
    }

    /// Makes the `pairs` keys and values written since `place` a map. Moves what was written since.
    public mutating func makeMap(of pairs: Int, from place: Place) {
        insert(at: place) { $0.map(pairs) }
    }

    /// Makes the `count` replies written since `place` a set. Moves what was written since.
    public mutating func makeSet(of count: Int, from place: Place) {
        insert(at: place) { $0.set(count) }
    }

    /// Forgets everything written since `place`.
    public mutating func discard(from place: Place) { buffer.truncate(to: place.offset) }

    private mutating func insert(at place: Place, _ write: (inout ReplyWriter) -> Void) {
        var header = ReplyWriter(version: version)
        write(&header)
        buffer.insert(header.buffer.bytes, at: place.offset)
    }
}
