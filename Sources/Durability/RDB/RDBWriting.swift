public import Wire

// The parts of a snapshot, appended to a buffer.
extension ByteBuffer {
    /// A length in its shortest form.
    public mutating func appendRDB(length: UInt64) {
        if length < 1 << 6 {
            append(UInt8(length))
        } else if length < 1 << 14 {
            append(word: 0x40 | length >> 8 | (length & 0xFF) << 8, length: 2)
        } else if length <= UInt64(UInt32.max) {
            append(0x80)
            append(word: UInt64(UInt32(length).byteSwapped), length: 4)
        } else {
            append(0x81)
            append(word: length.byteSwapped, length: 8)
        }
    }

    /// A string in the form that redis-server gives it: a number where it is the text of one of 32 bits, compressed where
    /// that saves something, else as it is.
    /// - Parameter compressing: whether longer strings may be compressed (`rdbcompression`).
    public mutating func appendRDB(string: RawSpan, compressing: Bool) {
        if string.byteCount <= 11, let number = ByteBuffer.narrowNumber(string) {
            return appendRDB(number: number)
        }
        let mayShrink = string.byteCount >= LZF.lengthMin && string.byteCount <= LZF.lengthMax
        if compressing, mayShrink, appendCompressed(string) { return }
        appendRDB(length: UInt64(string.byteCount))
        append(string)
    }

    /// A number in the least bytes.
    mutating func appendRDB(number: Int32) {
        let word = UInt64(UInt32(bitPattern: number))
        if Int8(exactly: number) != nil {
            append(word: 0xC0 | (word & 0xFF) << 8, length: 2)
        } else if Int16(exactly: number) != nil {
            append(word: 0xC1 | (word & 0xFFFF) << 8, length: 3)
        } else {
            append(word: 0xC2 | word << 8, length: 5)
        }
    }

    /// The number that these bytes spell the way this program writes numbers.
    private static func narrowNumber(_ string: RawSpan) -> Int32? {
        guard let number = Decimal.parse(string), Decimal.length(number) == string.byteCount else {
            return nil
        }
        return Int32(exactly: number)
    }

    /// The lengths stand before the bytes, but are known after them: room for the longest is left, then closed.
    private mutating func appendCompressed(_ string: RawSpan) -> Bool {
        let start = count
        guard let packed = LZF.compress(string, into: &self) else { return false }
        var head = ByteBuffer()
        head.append(0xC3)
        head.appendRDB(length: UInt64(packed))
        head.appendRDB(length: UInt64(string.byteCount))
        insert(head.bytes, at: start)
        return true
    }

    /// A fact that says nothing and makes the bytes a multiple of `page` long.
    mutating func appendRDB(paddingTo page: Int) {
        // Opcode, the name with its length, the value's length in its long form.
        let head = 1 + 1 + RDB.paddingName.utf8.count + 5
        if count % page == 0 { return }
        let end = (count + head + page - 1) / page * page
        let length = end - count - head
        append(RDB.Opcode.fact.rawValue)
        appendRDB(string: RDB.paddingName.utf8.span.raw, compressing: false)
        append(0x80)
        append(word: UInt64(UInt32(length).byteSwapped), length: 4)
        append(0, repeating: length)
    }

    /// A fact about the file.
    public mutating func appendRDB(fact name: String, _ value: String) {
        append(RDB.Opcode.fact.rawValue)
        appendRDB(string: name.utf8.span.raw, compressing: false)
        appendRDB(string: value.utf8.span.raw, compressing: false)
    }
}
