// A libFuzzer target: what a client gives to RESTORE. Compiled together with the sources of Wire and of the format by
// Tests/Fuzz/run.
//
// The input is tried as it is, and under a footer that is right, since chance does not find checksums. What must hold
// beside "never trap, never touch memory out of bounds": a string that comes out, dumped again, comes out again.

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDumpPayload(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    tryPayload(input.span.raw)
    var signed = ByteBuffer(input.span.raw)
    signed.append(word: 10, length: 2)
    signed.append(word: CRC64.of(signed.bytes), length: 8)
    tryPayload(signed.bytes)
    return 0
}

private func tryPayload(_ payload: RawSpan) {
    guard DumpPayload.isWhole(payload) else { return }
    var value = ByteBuffer()
    guard DumpPayload.unpack(payload, into: &value) else {
        if !value.isEmpty { preconditionFailure("a refused payload left something behind") }
        return
    }
    var again = ByteBuffer()
    DumpPayload.append(string: value.bytes, compressing: true, to: &again)
    var back = ByteBuffer()
    let isRead = DumpPayload.isWhole(again.bytes) && DumpPayload.unpack(again.bytes, into: &back)
    if !isRead || !back.bytes.isEqual(to: value.bytes) { preconditionFailure("a string does not come back") }
}
