import Testing
import Wire

@testable import Node

@Suite struct MonitorLineTests {
    @Test func everyByteIsPrintable() {
        let bytes = (0...255).map { UInt8($0) }
        var line = ByteBuffer()
        MonitorLine.quote(bytes.span.raw, into: &line)
        let text = String(decoding: line.bytes.copied(), as: UTF8.self)
        #expect(text.utf8.allSatisfy { 0x20...0x7E ~= $0 })
        #expect(text.hasPrefix(#""\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\x0b\x0c\r\x0e"#))
        #expect(text.hasSuffix(#"\xfe\xff""#))
        #expect(text.contains(" !\\\"#") && text.contains("[\\\\]") && text.contains("~\\x7f\\x80"))
    }

    @Test func theFractionHasSixDigits() {
        let bytes = Array("GET".utf8)
        let ranges = [ArgumentRange(offset: 0, length: 3)]
        let line = MonitorLine.text(
            micros: 1_700_000_000_000_042, database: 5, address: "1.2.3.4:5",
            Arguments(bytes: bytes.span.raw, ranges: ranges.span), isRedacted: { _ in false })
        let text = String(decoding: line.bytes.copied(), as: UTF8.self)
        #expect(text == "+1700000000.000042 [5 1.2.3.4:5] \"GET\"\r\n")
    }
}
