import Testing
import Wire

@Suite struct SlotTests {
    private func slot(_ key: [UInt8]) -> UInt16 { Slot.of(key: key.span.raw).rawValue }

    /// CRC-16/XMODEM bit by bit, from its definition.
    private func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
        }
        return crc
    }

    @Test func theCheckValue() {
        // 0x31C3 for "123456789", as the catalogue of CRCs has it.
        let crc = Slot.checksum("123456789".utf8.span.raw)
        #expect(crc == 0x31C3)
    }

    /// What CLUSTER KEYSLOT of redis-server 7.0.15 says.
    private static let known: [(String, UInt16)] = [
        ("", 0),
        ("a", 15495),
        ("foo", 12182),
        ("bar", 5061),
        ("key:000000000001", 8924),
        ("{user1000}.following", 3443),
        ("foo{}{bar}", 8363),
        ("foo{{bar}}zap", 4015),
        ("foo{bar}{zap}", 5061),
        ("}{", 12793),
        ("{", 4092),
        ("{}", 15257),
        ("somekey", 11058),
        ("1234567", 1750),
        ("12345678", 4117),
        ("123456789", 12739),
        ("the quick brown fox jumps over the lazy dog", 12325),
    ]

    @Test(arguments: known) func knownKeys(_ key: String, _ expected: UInt16) {
        #expect(slot(bytes(key)) == expected)
    }

    @Test func everyLengthAndOffset() {
        let seed = newSeed("Slot")
        var random = SeededGenerator(seed: seed)
        for length in 0..<200 {
            let key = (0..<length).map { _ in UInt8.random(in: 0...0x7A, using: &random) }
            #expect(slot(key) == checksum(key) & 0x3FFF, "seed \(seed)")
            for before in [0, 1, 5, 8] {
                let tagged = [UInt8](repeating: 0x2D, count: before) + bytes("{") + key + bytes("}rest}")
                #expect(
                    slot(tagged) == (key.isEmpty ? checksum(tagged) : checksum(key)) & 0x3FFF, "seed \(seed)")
            }
        }
    }

    @Test func tags() {
        #expect(slot(bytes("{user1000}.following")) == slot(bytes("user1000")))
        #expect(slot(bytes("foo{{bar}}zap")) == slot(bytes("{bar")))
        #expect(slot(bytes("foo{bar}{zap}")) == slot(bytes("bar")))
        for whole in ["foo{}{bar}", "{}", "}{", "{", "}", "foo{bar", "foo}bar{", "a}b{c"] {
            #expect(slot(bytes(whole)) == checksum(bytes(whole)) & 0x3FFF)
        }
    }
}
