import Glibc
import Testing
import Wire

// The C library is the reference here, as it is for redis-server.

@Suite struct FloatTextTests {
    private func fixed(_ value: Extended) -> String {
        var buffer = ByteBuffer()
        FloatText.appendFixed(value, to: &buffer)
        return String(decoding: buffer.bytes.copied(), as: UTF8.self)
    }

    private func general(_ value: Double) -> String {
        var buffer = ByteBuffer()
        FloatText.append(value, to: &buffer)
        return String(decoding: buffer.bytes.copied(), as: UTF8.self)
    }

    private func printed(_ format: String, _ value: any CVarArg) -> String {
        var text = [CChar](repeating: 0, count: 6000)
        let length = unsafe withVaList([value]) { unsafe vsnprintf(&text, text.count, format, $0) }
        return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `%.17Lf` without trailing zeros and without a minus in front of nothing.
    private func trimmed(_ value: Extended) -> String {
        var text = printed("%.17Lf", value)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    private func extended(_ text: String) -> Extended? { FloatText.parseExtended(text.utf8.span.raw) }
    private func double(_ text: String) -> Double? { FloatText.parse(text.utf8.span.raw) }

    @Test(arguments: [
        ("1", 1.0), ("+1", 1), ("-1.5", -1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("125E-3", 0.125),
        ("0x10", 16),
        ("0X1p-3", 0.125), ("0x.8", 0.5), ("inf", .infinity), ("-INF", -.infinity), ("+Infinity", .infinity),
        ("0", 0), ("-0", 0), ("0e99999", 0), ("0x0p99999", 0), ("00012", 12),
    ])
    func reads(_ text: String, _ value: Double) {
        #expect(extended(text) == Extended(value))
        #expect(double(text) == value)
    }

    @Test(arguments: [
        "", " 1", "1 ", "\t1", "1\n", "nan", "NaN", "-nan", "nan(123)", "0x", "0x.", "1e", "1e+", "0x1p", ".",
        "+", "-",
        "--1", "1_000", "infin", "1,5", "١", "1e4933", "-1e4933", "1e-5000", "0x1p-16500", "0x1p16384",
        "1\u{0}",
    ])
    func refuses(_ text: String) {
        #expect(extended(text) == nil)
        #expect(double(text) == nil)
    }

    @Test func widthsDiffer() {
        #expect(double("1e400") == nil)
        #expect(extended("1e400") != nil)
        #expect(double("1e-400") == nil)
        #expect(extended("1e-400") != nil)
        #expect(double("4.9e-324") == .leastNonzeroMagnitude)
        #expect(double(String(repeating: "1", count: 6000)) == nil)
        #expect(double(String(repeating: "0", count: 6000) + "1") == 1)
        #expect(extended(String(repeating: "0", count: 6000) + "1") == nil)
    }

    @Test func writesFixed() {
        for (text, expected) in [
            ("3.0e3", "3000"), ("10.5", "10.5"), ("0.1", "0.1"), ("-0", "0"), ("-1e-30", "0"),
            ("1e-17", "0.00000000000000001"), ("inf", "inf"), ("-inf", "-inf"),
            ("1e17", "100000000000000000"),
            ("3.14159265358979323846", "3.14159265358979324"),
        ] {
            #expect(extended(text).map(fixed) == expected)
        }
    }

    @Test func writesFixedAsTheLibraryDoes() {
        let seed = newSeed("FloatText fixed")
        var random = SeededGenerator(seed: seed)
        var values: [Extended] = [
            0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 0.5, 1 / 3, 1e18,
            0x1p-18, 0x1p-64,
        ]
        for _ in 0..<2000 {
            let significand = Extended(random.next()) * (Bool.random(using: &random) ? 1 : -1)
            values.append(
                significand
                    * Extended(
                        sign: .plus, exponent: Int.random(in: -140...40, using: &random), significand: 1))
        }
        for _ in 0..<60 {
            let power = Int.random(in: -16000...16000, using: &random)
            values.append(
                Extended(sign: .plus, exponent: power, significand: Extended(random.next()) / 0x1p64))
        }
        // Ties: exactly half of the last place.
        for _ in 0..<500 {
            let odd = Extended(UInt64.random(in: 0...10_000, using: &random) * 2 + 1)
            values.append(odd / 0x1p18)
        }
        for value in values { #expect(fixed(value) == trimmed(value), "seed \(seed)") }
    }

    @Test func writesGeneral() {
        for (value, expected) in [
            (0.0, "0"), (-0.0, "-0"), (1, "1"), (0.1, "0.10000000000000001"), (1e16, "10000000000000000"),
            (1e17, "1e+17"), (1e-5, "1.0000000000000001e-05"), (0.0001, "0.0001"), (3.141, "3.141"),
            (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
            (.leastNonzeroMagnitude, "4.9406564584124654e-324"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (123456789.5, "123456789.5"),
            (-1e300, "-1.0000000000000001e+300"),
        ] {
            #expect(general(value) == expected)
        }
    }

    @Test func writesGeneralAsTheLibraryDoes() {
        let seed = newSeed("FloatText general")
        var random = SeededGenerator(seed: seed)
        for round in 0..<3000 {
            var value = Double(bitPattern: random.next())
            if round % 3 == 1 {
                value = Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)) / 1000
            }
            if round % 3 == 2 {
                value = Double(random.next() >> UInt64.random(in: 0...63, using: &random)) / 0x1p10
            }
            if value.isNaN { continue }
            #expect(general(value) == printed("%.17g", value), "seed \(seed)")
            #expect(double(general(value)) == value, "seed \(seed)")
        }
    }

    @Test func readsAsTheLibraryDoes() {
        let seed = newSeed("FloatText reading")
        var random = SeededGenerator(seed: seed)
        let letters = bytes("0123456789012345678901234567890.+-eExXpPaAfFinINtyY ")
        for _ in 0..<6000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            let spelled = String(decoding: text, as: UTF8.self)
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            let (value, used) = unsafe spelled.withCString { start in
                let value = unsafe strtold(start, &end)
                return unsafe (value, end.map { unsafe UnsafePointer($0) - start } ?? 0)
            }
            let isRefused =
                used != text.count || text.first == UInt8(ascii: " ") || value.isNaN
                || errno == ERANGE && (value.isInfinite || value == 0)
            #expect(extended(spelled) == (isRefused ? nil : value), "\(spelled), seed \(seed)")
        }
    }
}
