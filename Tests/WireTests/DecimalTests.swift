import Testing
import Wire

@Suite struct DecimalTests {
    private func parsed(_ text: String) -> Int64? { Decimal.parse(text.utf8.span.raw) }

    private func written(_ value: Int64) -> String {
        var buffer = ByteBuffer()
        Decimal.append(value, to: &buffer)
        return String(decoding: buffer.bytes.copied(), as: UTF8.self)
    }

    private func written(unsigned value: UInt64) -> String {
        var buffer = ByteBuffer()
        Decimal.append(value, to: &buffer)
        return String(decoding: buffer.bytes.copied(), as: UTF8.self)
    }

    @Test func acceptsWhatItWouldWrite() {
        for value: Int64 in [0, 1, -1, 9, 10, 99, 100, 12345, -12345, .max, .max - 1, .min, .min + 1] {
            #expect(parsed("\(value)") == value)
        }
    }

    @Test(arguments: [
        "", "-", "+", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1\n", "\t1", "1.0", "1e3", "0x10", "a",
        "1a", "--1",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999",
        "-99999999999999999999", "100000000000000000000", "/", ":", "1/", "1:", "922337203685477580:",
    ])
    func refuses(_ text: String) {
        #expect(parsed(text) == nil)
    }

    @Test func refusesBytesThatAreNoText() {
        let bytes: [UInt8] = [0x31, 0x00]
        let value = Decimal.parse(bytes.span.raw)
        #expect(value == nil)
    }

    @Test func unsigned() {
        func parsed(_ text: String) -> UInt64? { Decimal.parseUnsigned(text.utf8.span.raw) }
        #expect(parsed("0") == 0)
        #expect(parsed("18446744073709551615") == .max)
        for text in ["18446744073709551616", "28446744073709551615", "-1", "", "01", "+1"] {
            #expect(parsed(text) == nil)
        }
    }

    @Test func writesEveryShortNumber() {
        for value: Int64 in 0...120_000 where written(value) != "\(value)" {
            Issue.record("\(value): \(written(value))")
        }
    }

    @Test func writesNumbersOfEveryLength() {
        let seed = newSeed("Decimal")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4000 {
            let bits = UInt64.random(in: 0...63, using: &random)
            let value = Int64(bitPattern: random.next() >> bits)
            #expect(written(value) == "\(value)", "seed \(seed)")
            #expect(parsed("\(value)") == value)
            #expect(Decimal.length(value) == "\(value)".utf8.count)
            let unsigned = random.next() >> bits
            #expect(written(unsigned: unsigned) == "\(unsigned)", "seed \(seed)")
        }
        var power: UInt64 = 1
        while true {
            #expect(written(unsigned: power) == "\(power)")
            #expect(written(unsigned: power - 1) == "\(power - 1)")
            let (next, overflow) = power.multipliedReportingOverflow(by: 10)
            if overflow { break }
            power = next
        }
        #expect(written(.min) == "\(Int64.min)")
        #expect(written(unsigned: .max) == "\(UInt64.max)")
    }
}
