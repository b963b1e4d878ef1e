import Testing
import Wire

@Suite struct ByteBufferTests {
    private func content(_ buffer: borrowing ByteBuffer) -> [UInt8] { buffer.bytes.copied() }

    @Test func ownsNothingBeforeTheFirstAppend() {
        var buffer = ByteBuffer()
        let (count, capacity, isEmpty) = (buffer.count, buffer.capacity, buffer.isEmpty)
        #expect(count == 0 && capacity == 0 && isEmpty)
        #expect(content(buffer) == [])
        buffer.append([UInt8]())
        buffer.removePrefix(0)
        buffer.truncate(to: 0)
        buffer.append(0x41, repeating: 0)
        let still = buffer.capacity
        #expect(still == 0)
    }

    @Test func appendsInEveryForm() {
        var buffer = ByteBuffer()
        buffer.append(UInt8(ascii: "a"))
        buffer.append("bc")
        buffer.append(String("dé"))
        buffer.append([0x31, 0x32][...])
        buffer.append(word: 0x0000_0000_3635_3433, length: 4)
        buffer.append(word: 0x3837, length: 2, lineBody: "body".utf8.span.raw)
        buffer.append(UInt8(ascii: "z"), repeating: 3)
        #expect(content(buffer) == bytes("abcdé12345678body\r\nzzz"))
    }

    @Test func wordsAtTheEdgeOfGrowth() {
        // Each store is eight bytes wide, whatever the length: none may pass the end unseen.
        for before in 50...70 {
            for length in 0...8 {
                var buffer = ByteBuffer()
                buffer.append(0x2E, repeating: before)
                buffer.append(word: 0x3837_3635_3433_3231, length: length)
                #expect(
                    content(buffer) == [UInt8](repeating: 0x2E, count: before)
                        + bytes("12345678").prefix(length))
            }
        }
    }

    @Test func removesAndTruncates() {
        var buffer = ByteBuffer("0123456789".utf8.span.raw)
        buffer.removePrefix(3)
        #expect(content(buffer) == bytes("3456789"))
        buffer.truncate(to: 4)
        #expect(content(buffer) == bytes("3456"))
        buffer.removePrefix(4)
        #expect(content(buffer) == [])
        buffer.append("x")
        buffer.removeAll(keepingCapacity: true)
        var capacity = buffer.capacity
        #expect(capacity > 0)
        buffer.removeAll(keepingCapacity: false)
        capacity = buffer.capacity
        #expect(capacity == 0)
        buffer.append("again")
        #expect(content(buffer) == bytes("again"))
    }

    @Test func inserts() {
        var buffer = ByteBuffer("0123".utf8.span.raw)
        buffer.insert("ab".utf8.span.raw, at: 2)
        buffer.insert("<".utf8.span.raw, at: 0)
        let end = buffer.count
        buffer.insert(">".utf8.span.raw, at: end)
        buffer.insert("".utf8.span.raw, at: 3)
        #expect(content(buffer) == bytes("<01ab23>"))
    }

    @Test func shrinks() {
        var buffer = ByteBuffer(capacity: 1 << 20)
        buffer.append("kept")
        buffer.shrinkCapacity(to: 2)
        var capacity = buffer.capacity
        #expect(capacity >= 1 << 20, "not below what is in use")
        buffer.shrinkCapacity(to: 64)
        capacity = buffer.capacity
        #expect(capacity == 64)
        #expect(content(buffer) == bytes("kept"))
        buffer.removeAll()
        buffer.shrinkCapacity(to: 0)
        capacity = buffer.capacity
        #expect(capacity == 0)
    }

    @Test func changesInPlace() {
        var buffer = ByteBuffer("abc".utf8.span.raw)
        var view = buffer.mutableBytes
        view.storeBytes(of: UInt8(ascii: "B"), toByteOffset: 1, as: UInt8.self)
        #expect(content(buffer) == bytes("aBc"))
    }

    @Test func behavesLikeAnArray() {
        let seed = newSeed("ByteBuffer")
        var random = SeededGenerator(seed: seed)
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for _ in 0..<5000 {
            let some = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            switch Int.random(in: 0..<6, using: &random) {
            case 0...2:
                buffer.append(some)
                model += some
            case 3:
                let length = Int.random(in: 0...model.count, using: &random)
                buffer.removePrefix(length)
                model.removeFirst(length)
            case 4:
                let at = Int.random(in: 0...model.count, using: &random)
                buffer.insert(some.span.raw, at: at)
                model.insert(contentsOf: some, at: at)
            default:
                let length = Int.random(in: 0...model.count, using: &random)
                buffer.truncate(to: length)
                model.removeSubrange(length...)
            }
            if content(buffer) != model {
                Issue.record("differs, seed \(seed)")
                return
            }
        }
    }

    @Test func viewsOfBytes() {
        let text = bytes("0123456789")
        let view = text.span.raw
        let (byte, word) = (view.byte(at: 9), view.word(at: 1))
        #expect(byte == UInt8(ascii: "9"))
        #expect(word == 0x3837_3635_3433_3231)
        let same = view.from(7).isEqual(to: "789".utf8.span.raw)
        let other = view.from(7).isEqual(to: "788".utf8.span.raw)
        let shorter = view.from(7).isEqual(to: "78".utf8.span.raw)
        let empty = view.from(10).isEqual(to: "".utf8.span.raw)
        #expect(same && !other && !shorter && empty)
    }
}
