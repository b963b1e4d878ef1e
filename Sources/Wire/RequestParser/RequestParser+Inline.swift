extension RequestParser {
    /// Looks for a line of words at the start of `bytes`.
    mutating func nextInline(
        _ bytes: RawSpan, _ limits: Limits, _ ranges: inout [ArgumentRange]
    ) -> Outcome {
        switch searchLine(bytes, limits) {
        case .incomplete: return .incomplete
        case .tooLong:
            reset()
            return .failure(.tooBigInlineRequest)
        case .end(let newline):
            reset()
            var end = newline
            if end > 0, bytes.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
            words.removeAll(keepingCapacity: words.capacity <= limits.maxInlineLength)
            wordRanges.removeAll(keepingCapacity: wordRanges.capacity <= 64)
            guard InlineSplitter.split(bytes.extracting(0..<end), into: &words, ranges: &wordRanges) else {
                return .failure(.unbalancedQuotes)
            }
            if wordRanges.isEmpty { return .request(length: newline + 1) }
            inlineForm.removeAll(keepingCapacity: inlineForm.capacity <= 2 * words.capacity)
            Self.writeBulks(words, wordRanges, to: &inlineForm, &ranges)
            return .inlineRequest(length: newline + 1)
        }
    }

    /// Writes the words that lie at `wordRanges` as an array of bulks and appends where each lies in that.
    private static func writeBulks(
        _ words: borrowing ByteBuffer, _ wordRanges: [ArgumentRange], to form: inout ByteBuffer,
        _ ranges: inout [ArgumentRange]
    ) {
        form.append(UInt8(ascii: "*"))
        Decimal.append(Int64(wordRanges.count), to: &form)
        form.append("\r\n")
        for range in wordRanges {
            form.append(UInt8(ascii: "$"))
            Decimal.append(Int64(range.length), to: &form)
            form.append("\r\n")
            // At most a few times the line's length, which maxInlineLength bounds.
            ranges.append(ArgumentRange(offset: UInt32(truncatingIfNeeded: form.count), length: range.length))
            let start = Int(range.offset)
            form.append(words.bytes.extracting(start..<(start + Int(range.length))))
            form.append("\r\n")
        }
    }
}
