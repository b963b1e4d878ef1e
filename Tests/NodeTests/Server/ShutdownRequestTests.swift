import Testing
import Wire

@testable import Node

/// The words after SHUTDOWN.
struct ShutdownRequestTests {
    private func request(_ words: String...) -> ShutdownRequest? {
        var bytes: [UInt8] = []
        var ranges: [ArgumentRange] = []
        for word in ["SHUTDOWN"] + words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), length: UInt32(word.utf8.count)))
            bytes += word.utf8
        }
        return ShutdownRequest(Arguments(bytes: bytes.span.raw, ranges: ranges.span))
    }

    @Test func wordsThatGoTogether() {
        #expect(request()?.mustSave == false)
        #expect(request("nosave", "NOW", "force")?.isForced == true)
        #expect(request("SAVE")?.mustSave == true)
        #expect(request("abort")?.isAbort == true)
    }

    @Test func wordsThatDoNot() {
        #expect(request("BAD") == nil)
        #expect(request("SAVE", "NOSAVE") == nil)
        #expect(request("ABORT", "NOW") == nil)
        #expect(request("") == nil)
    }
}
