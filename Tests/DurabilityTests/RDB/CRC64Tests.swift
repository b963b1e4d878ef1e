import Testing
import Wire

@testable import Durability

@Suite struct CRC64Tests {
    @Test func checkValue() {
        #expect(CRC64.of("123456789".utf8.span.raw) == 0xE9C6_D914_C4B8_D9CA)
        #expect(CRC64.of("".utf8.span.raw) == 0)
    }

    /// Long messages go through the processor's multiplication, single bytes through the tables.
    @Test func allWaysOfSummingAgree() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for length in 0...bytes.count {
            let start = UInt64.random(in: 0 ... .max, using: &random)
            var (whole, single) = (CRC64(value: start), CRC64(value: start))
            whole.add(Array(bytes[..<length]).span.raw)
            for byte in bytes[..<length] { single.add([byte].span.raw) }
            #expect(whole == single, "\(length) bytes from \(start)")
        }
    }

    @Test func piecesJoinInAnyOrder() {
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...2000)).map { _ in UInt8.random(in: 0...255) }
            var pieces: [SummedPiece] = []
            var offset = 0
            while offset < bytes.count {
                let length = min(bytes.count - offset, Int.random(in: 1...200))
                let sum = CRC64.of(Array(bytes[offset..<offset + length]).span.raw)
                pieces.append(SummedPiece(offset: offset, length: length, sum: sum))
                offset += length
            }
            var joined = SummedPieces()
            joined.add(pieces.shuffled())
            #expect(joined.total()?.length == bytes.count)
            #expect(joined.total()?.sum == CRC64.of(bytes.span.raw))
            guard pieces.count > 1 else { continue }
            var gap = SummedPieces()
            gap.add(pieces.dropFirst().shuffled())
            #expect(gap.total() == nil)
        }
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
