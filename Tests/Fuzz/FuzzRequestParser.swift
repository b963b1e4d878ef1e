// A libFuzzer target, compiled together with the sources of Wire by Tests/Fuzz/run.
//
// The first byte of the input chooses limits and how the rest is cut; the rest is what a client sends. What must hold
// beside "never trap, never touch memory out of bounds":
//
//   1. however the stream is cut, the same requests come out and the same error ends it;
//   2. what a request says, written as an array of bulks and parsed again, is the same request;
//   3. no request has more arguments than its bytes can hold.

/// What came of a stream: the requests in canonical form, back to back, and how it ended.
private struct Verdict: ~Copyable {
    var requests = ByteBuffer()
    var error: ProtocolError?
    var waiting = 0
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestParser(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let input = unsafe UnsafeBufferPointer(start: start, count: count)
    let stream = unsafe [UInt8](input.dropFirst())
    let choice = unsafe input[0]
    var limits = RequestParser.Limits(
        maxBulkLength: choice & 1 == 0 ? 512 << 20 : 20, maxInlineLength: choice & 2 == 0 ? 64 << 10 : 24)
    limits.isAuthenticated = choice & 4 == 0

    let whole = parse(stream, limits) { _ in stream.count }
    let dripped = parse(stream, limits) { _ in 1 }
    expectSame(whole, dripped)
    var state = UInt32(choice) &* 2_654_435_761 | 1
    let torn = parse(stream, limits) { _ in
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return 1 + Int(state % 23)
    }
    expectSame(whole, torn)
    expectCanonical(whole)
    return 0
}

/// Feeds `stream` in pieces whose sizes `piece` tells.
private func parse(
    _ stream: [UInt8], _ limits: RequestParser.Limits, _ piece: (Int) -> Int
) -> Verdict {
    var verdict = Verdict()
    var parser = RequestParser()
    var ranges: [ArgumentRange] = []
    var consumed = 0
    var arrived = 0
    while arrived < stream.count {
        arrived = min(stream.count, arrived + piece(arrived))
        pieces: while consumed < arrived {
            let bytes = stream.span.raw.extracting(consumed..<arrived)
            ranges.removeAll(keepingCapacity: true)
            switch parser.next(bytes, limits: limits, appendingTo: &ranges) {
            case .request(let length):
                expect(length > 0 && length <= bytes.byteCount, "a request is longer than what arrived")
                expect(6 * ranges.count <= length, "a request has more arguments than fit in its bytes")
                write(Arguments(bytes: bytes, ranges: ranges.span), to: &verdict.requests)
                consumed += length
            case .inlineRequest(let length):
                expect(length > 0 && length <= bytes.byteCount, "a line is longer than what arrived")
                expect(!ranges.isEmpty && ranges.count <= length, "a line has more words than bytes")
                write(Arguments(bytes: parser.inlineForm.bytes, ranges: ranges.span), to: &verdict.requests)
                consumed += length
            case .incomplete:
                expect(ranges.isEmpty, "an incomplete request gave away ranges")
                expect(ranges.capacity <= 64 + stream.count, "memory was reserved for a claim")
                break pieces
            case .failure(let error):
                expect(ranges.isEmpty, "a broken request gave away ranges")
                verdict.error = error
                return verdict
            }
        }
    }
    verdict.waiting = stream.count - consumed
    return verdict
}

private func write(_ arguments: Arguments, to buffer: inout ByteBuffer) {
    if arguments.count == 0 { return }
    var writer = ReplyWriter()
    writer.array(arguments.count)
    for index in 0..<arguments.count { writer.bulk(arguments[index]) }
    buffer.append(writer.buffer.bytes)
}

private func expectSame(_ left: borrowing Verdict, _ right: borrowing Verdict) {
    expect(left.error == right.error, "the error depends on how the stream is cut")
    expect(left.waiting == right.waiting, "what is left waiting depends on how the stream is cut")
    expect(
        left.requests.bytes.isEqual(to: right.requests.bytes), "the requests depend on how the stream is cut")
}

/// Parses the canonical form again, and has the other parser look at it, since it is a reply as well.
private func expectCanonical(_ verdict: borrowing Verdict) {
    let again = parse(verdict.requests.bytes.copied(), .default) { _ in Int.max / 2 }
    expect(again.error == nil && again.waiting == 0, "the canonical form is broken")
    expect(
        again.requests.bytes.isEqual(to: verdict.requests.bytes), "the canonical form says another thing")
    var replies = ReplyParser()
    var at = 0
    while at < verdict.requests.count {
        guard case .reply(.array, let length) = replies.next(verdict.requests.bytes.from(at)) else {
            fatalError("the canonical form is no array of bulks")
        }
        at += length
    }
}

/// Ends the run with a sentence, which `precondition` keeps to itself in optimised code.
private func expect(_ holds: Bool, _ sentence: String) {
    if !holds { fatalError(sentence) }
}
