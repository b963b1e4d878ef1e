import Testing
import Wire

@testable import Durability

@Suite struct RDBStringTests {
    /// Writes and reads a string; answers the bytes it took.
    @discardableResult
    private func roundTrip(_ text: [UInt8], compressing: Bool = true) throws -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.appendRDB(string: text.span.raw, compressing: compressing)
        let written = buffer.bytes.copied()
        var cursor = RDBCursor(written.span.raw)
        let string = try cursor.string()
        let offset = cursor.offset
        #expect(offset == written.count)
        #expect(string.length == text.count)
        var back = ByteBuffer()
        let isRead = cursor.append(string, to: &back)
        #expect(isRead && back.bytes.copied() == text)
        return written
    }

    @Test func formsOfStrings() throws {
        #expect(try roundTrip(Array("abc".utf8)) == [3, 0x61, 0x62, 0x63])
        #expect(try roundTrip(Array("0".utf8)) == [0xC0, 0])
        #expect(try roundTrip(Array("-1".utf8)) == [0xC0, 0xFF])
        #expect(try roundTrip(Array("300".utf8)) == [0xC1, 0x2C, 1])
        #expect(try roundTrip(Array("-70000".utf8)) == [0xC2, 0x90, 0xEE, 0xFE, 0xFF])
        #expect(try roundTrip(Array("2147483648".utf8)).first == 10)
        #expect(try roundTrip(Array("007".utf8)).first == 3)
        #expect(try roundTrip([UInt8](repeating: 0x78, count: 100)).first == 0xC3)
        #expect(try roundTrip([UInt8](repeating: 0x78, count: 100), compressing: false).first == 0x40)
        for length in [0, 1, 63, 64, 16383, 16384, 70000] {
            try roundTrip((0..<length).map { _ in UInt8.random(in: 0...255) })
            try roundTrip((0..<length).map { _ in UInt8.random(in: 0...3) })
        }
    }

    /// Whatever the bytes, reading them ends with a string or a reason.
    @Test func randomBytesAreReadOrRefused() {
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40)).map { _ in UInt8.random(in: 0...255) }
            var cursor = RDBCursor(bytes.span.raw)
            var text = ByteBuffer()
            guard let string = try? cursor.string() else { continue }
            let offset = cursor.offset
            #expect(offset <= bytes.count)
            let isRead = cursor.append(string, to: &text)
            #expect(text.count == (isRead ? string.length : 0))
        }
    }

    @Test func aLieAboutTheLengthAllocatesNothing() throws {
        // 512 MiB from four bytes.
        let bytes: [UInt8] = [0xC3, 4, 0x80, 0x20, 0, 0, 0, 1, 2, 3, 4]
        var cursor = RDBCursor(bytes.span.raw)
        var text = ByteBuffer()
        let string = try cursor.string()
        let isRead = cursor.append(string, to: &text)
        #expect(!isRead && text.capacity < 1 << 20)
    }
}
