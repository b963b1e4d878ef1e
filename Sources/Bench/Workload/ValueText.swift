import Reactor
import Wire

/// What values are made of: printable bytes without a pattern, the same in every run; and, where answers are verified,
/// a head that says whose value it is:
///
///      0        8        16       24       32
///      | run    | key    | number | length | filler ...     each in eight hexadecimal digits
///
/// The number counts the writes of the key; 0 is the write of the population. The filler begins at a place that
/// depends on key and number, so that halves of two values do not fit together.
enum ValueText {
    /// Bytes of the head.
    static var headSize: Int { 32 }
    /// Places where the filler may begin.
    private static var starts: UInt64 { 64 }

    /// The head, read.
    struct Head: Equatable {
        var run: UInt32
        var key: UInt32
        var number: UInt32
        var length: UInt32
    }

    /// Bytes enough for values of up to `sizeMax`.
    static func filler(sizeMax: Int) -> ByteBuffer {
        var random = SimulatedRandom(seed: 0xC0_20_4E_7)
        var bytes = ByteBuffer(capacity: sizeMax + Int(starts))
        for _ in 0..<(sizeMax + Int(starts)) {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: random.next() >> 40) % 75)
        }
        return bytes
    }

    /// A value without a head.
    static func sample(size: Int) -> [UInt8] { filler(sizeMax: size).bytes.extracting(0..<size).copied() }

    /// Where the filler behind a head begins.
    static func fillerStart(_ head: Head) -> Int {
        Int((UInt64(head.key) &* 31 &+ UInt64(head.number) &* 7) % starts)
    }

    /// Appends a value with its head.
    static func append(_ head: Head, filler: borrowing ByteBuffer, to buffer: inout ByteBuffer) {
        appendHexadecimal(head.run, to: &buffer)
        appendHexadecimal(head.key, to: &buffer)
        appendHexadecimal(head.number, to: &buffer)
        appendHexadecimal(head.length, to: &buffer)
        let start = fillerStart(head)
        buffer.append(filler.bytes.extracting(start..<(start + Int(head.length) - headSize)))
    }

    /// The head at the start of `bytes`, if there is one.
    static func head(_ bytes: RawSpan) -> Head? {
        guard bytes.byteCount >= headSize, let run = hexadecimal(bytes.word(at: 0)),
            let key = hexadecimal(bytes.word(at: 8)), let number = hexadecimal(bytes.word(at: 16)),
            let length = hexadecimal(bytes.word(at: 24))
        else { return nil }
        return Head(run: run, key: key, number: number, length: length)
    }

    private static func appendHexadecimal(_ word: UInt32, to buffer: inout ByteBuffer) {
        var text: UInt64 = 0
        for digit in 0..<8 {
            let nibble = UInt64(word >> UInt32(28 - 4 * digit)) & 0xF
            text |= (nibble < 10 ? 0x30 + nibble : 0x57 + nibble) << UInt64(8 * digit)
        }
        buffer.append(word: text, length: 8)
    }

    private static func hexadecimal(_ text: UInt64) -> UInt32? {
        var value: UInt32 = 0
        for digit in 0..<8 {
            let byte = UInt32(truncatingIfNeeded: text >> UInt64(8 * digit)) & 0xFF
            switch byte {
            case 0x30...0x39: value = value << 4 | (byte - 0x30)
            case 0x61...0x66: value = value << 4 | (byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
