import Testing
import Wire

@testable import Durability

@Suite struct CRC64Tests {
    @Test func checkValue() {
        #expect(CRC64.of("123456789".utf8.span.raw) == 0xE9C6_D914_C4B8_D9CA)
        #expect(CRC64.of("".utf8.span.raw) == 0)
    }

    @Test func sumsOfPiecesCombine() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...300)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let cut = Int.random(in: 0...bytes.count)
            let first = CRC64.of(Array(bytes[..<cut]).span.raw)
            let second = CRC64.of(Array(bytes[cut...]).span.raw)
            #expect(
                CRC64.combine(first, second, secondLength: bytes.count - cut) == CRC64.of(bytes.span.raw))
            var running = CRC64()
            running.add(Array(bytes[..<cut]).span.raw)
            running.add(Array(bytes[cut...]).span.raw)
            #expect(running.value == CRC64.of(bytes.span.raw))
        }
    }
}
