import Wire

/// Looks at a value as it comes in, in any number of pieces: its head, and whether the rest is the filler that belongs
/// behind it.
struct ValueCheck: ~Copyable {
    private var head = ByteBuffer()
    private var read: ValueText.Head?
    private var count = 0
    private var isIntact = true

    /// The next piece.
    mutating func take(_ piece: RawSpan, filler: borrowing ByteBuffer) {
        var rest = piece
        if count < ValueText.headSize {
            let taken = min(ValueText.headSize - count, rest.byteCount)
            head.append(rest.extracting(0..<taken))
            count += taken
            rest = rest.from(taken)
            guard count == ValueText.headSize else { return }
            read = ValueText.head(head.bytes)
        }
        guard rest.byteCount > 0, let read else { return }
        let length = Int(read.length)
        guard count + rest.byteCount <= length, length <= filler.count else {
            isIntact = false
            return
        }
        let start = ValueText.fillerStart(read) + count - ValueText.headSize
        count += rest.byteCount
        guard start + rest.byteCount <= filler.count else {
            isIntact = false
            return
        }
        if !rest.isEqual(to: filler.bytes.extracting(start..<(start + rest.byteCount))) { isIntact = false }
    }

    /// The value has ended: what it was. Ready for the next one.
    mutating func finish(isThere: Bool) -> Versions.Seen {
        defer {
            head.removeAll()
            read = nil
            count = 0
            isIntact = true
        }
        guard isThere else { return .nothing }
        guard isIntact, let read, count == Int(read.length) else { return .damaged }
        return .value(read)
    }
}
