// A libFuzzer target: a snapshot file, read in pieces as a loader and as `check rdb` read it. Compiled together with the
// sources of Wire and of the format by Tests/Fuzz/run.
//
// The first byte of the input chooses how the rest is cut; the rest is the file. What must hold beside "never trap, never
// touch memory out of bounds":
//
//   1. however the file is cut, the same items come out and the same failure ends it;
//   2. each item lies behind the one before, and what it says lies inside it;
//   3. nothing that it holds is longer than the file allows.

/// What came of a file: where each item ended, and why it was over.
private struct Verdict: Equatable {
    var items: [RDBItem] = []
    var ends: [Int] = []
    var failure: RDBReader.Failure?
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRDB(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let input = unsafe UnsafeBufferPointer(start: start, count: count)
    let file = unsafe [UInt8](input.dropFirst())
    let choice = unsafe Int(input[0])
    for passes in [false, true] {
        let whole = read(file, passes: passes, pieceMax: .max)
        let torn = read(file, passes: passes, pieceMax: 1 + choice % 37)
        expect(whole.ends == torn.ends && whole.failure == torn.failure, "a cut changes what is read")
        expect(whole.ends == whole.ends.sorted(), "items lie one behind the other")
    }
    var check = RDBCheck(fileSize: file.count)
    check.run()
    while !check.isDone {
        let wanted = check.wanted
        expect(!wanted.isEmpty, "a check waits for bytes that the file does not have")
        check.take(file.span.raw.extracting(wanted))
        check.run()
    }
    let parts = check.report.wholeParts
    expect(parts.allSatisfy { $0.upperBound <= file.count }, "a whole part lies outside the file")
    expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }, "whole parts overlap")
    return 0
}

private func read(_ file: [UInt8], passes: Bool, pieceMax: Int) -> Verdict {
    var verdict = Verdict()
    var reader = RDBReader(fileSize: file.count, passesForeign: passes)
    do throws(RDBReader.Failure) {
        while true {
            guard let item = try reader.next() else {
                let wanted = reader.wanted
                expect(!wanted.isEmpty, "a reader waits for bytes that the file does not have")
                let end = wanted.lowerBound + min(wanted.count, pieceMax)
                reader.take(file.span.raw.extracting(wanted.lowerBound..<end))
                continue
            }
            verdict.items.append(item)
            verdict.ends.append(reader.itemEndOffset)
            expect(reader.itemEndOffset <= file.count, "an item ends outside the file")
            if case .entry(let entry) = item, let string = entry.string {
                var text = ByteBuffer()
                let isRead = reader.window.unpack(string, into: &text)
                expect(text.count == (isRead ? string.length : 0), "a string has another length than it says")
                expect(text.count <= 88 * file.count + 20, "a string is longer than its bytes allow")
            }
            if case .end = item { return verdict }
        }
    } catch {
        verdict.failure = error
    }
    return verdict
}

private func expect(_ holds: Bool, _ sentence: StaticString) {
    if !holds { preconditionFailure("\(sentence)") }
}
