// A libFuzzer target, compiled together with the sources of Wire by Tests/Fuzz/run.
//
// However a stream of replies is cut, the same replies come out and the same error ends it; and what the parser calls
// one reply can be read as a tree.

private struct Verdict: Equatable {
    var lengths: [Int] = []
    var error: ReplyError?
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReplyParser(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let stream = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    let limits = ReplyParser.Limits(maxBulkLength: 1 << 20, maxCount: 1 << 20, maxLineLength: 64, maxDepth: 8)
    let whole = parse(stream, limits, piece: max(1, stream.count))
    for piece in [1, 2, 7] {
        expect(
            parse(stream, limits, piece: piece) == whole, "the outcome depends on how the stream is cut")
    }
    var at = 0
    for length in whole.lengths {
        let reply = try? Reply(stream.span.raw.extracting(at..<(at + length)), limits: limits)
        expect(reply != nil, "a reply that was found cannot be read")
        at += length
    }
    return 0
}

private func parse(_ stream: [UInt8], _ limits: ReplyParser.Limits, piece: Int) -> Verdict {
    var verdict = Verdict()
    var parser = ReplyParser(limits: limits)
    var consumed = 0
    var arrived = 0
    while arrived < stream.count {
        arrived = min(stream.count, arrived + piece)
        pieces: while consumed < arrived {
            switch parser.next(stream.span.raw.extracting(consumed..<arrived)) {
            case .reply(_, let length):
                expect(
                    length > 0 && length <= arrived - consumed, "a reply is longer than what arrived")
                verdict.lengths.append(length)
                consumed += length
            case .incomplete: break pieces
            case .failure(let error):
                verdict.error = error
                return verdict
            }
        }
    }
    return verdict
}

/// Ends the run with a sentence, which `precondition` keeps to itself in optimised code.
private func expect(_ holds: Bool, _ sentence: String) {
    if !holds { fatalError(sentence) }
}
