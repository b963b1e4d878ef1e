import CShims
import Wire

/// The compression of strings in snapshot files, by liblzf.
public enum LZF {
    /// Strings up to this length may become shorter by a reference; the format cannot shrink shorter ones.
    public static let lengthMin = 21
    /// What is longer is kept as it is: the core that writes it has other things to do within the millisecond.
    public static let lengthMax = 128 << 10

    /// Appends the compressed form of `bytes`; returns its length, or nil where it would save less than five bytes, and
    /// then nothing has been appended.
    public static func compress(_ bytes: RawSpan, into buffer: inout ByteBuffer) -> Int? {
        let room = bytes.byteCount - 4
        guard room > 0, bytes.byteCount <= Int(UInt32.max) else { return nil }
        let start = buffer.count
        buffer.append(0, repeating: room)
        var target = buffer.mutableBytes
        // Unsafe: the library reads byteCount bytes and writes at most `room`, which lie behind start.
        let written = unsafe target.withUnsafeMutableBytes { output in
            unsafe bytes.withUnsafeBytes { input -> Int in
                guard let from = input.baseAddress, let to = output.baseAddress else { return 0 }
                return unsafe Int(
                    lzf_compress(from, UInt32(input.count), to + start, UInt32(room)))
            }
        }
        buffer.truncate(to: start + written)
        return written > 0 ? written : nil
    }

    /// Appends what `bytes` was made from. False where it is no compressed string of `length` bytes; then nothing has
    /// been appended, and no byte outside of either was touched.
    public static func decompress(_ bytes: RawSpan, length: Int, into buffer: inout ByteBuffer) -> Bool {
        guard length > 0, isPossible(length: length, from: bytes.byteCount) else { return false }
        let start = buffer.count
        buffer.append(0, repeating: length)
        var target = buffer.mutableBytes
        // Unsafe: the library checks every reference against both lengths (it is built with CHECK_INPUT).
        let written = unsafe target.withUnsafeMutableBytes { output in
            unsafe bytes.withUnsafeBytes { input -> Int in
                guard let from = input.baseAddress, let to = output.baseAddress else { return 0 }
                return unsafe Int(
                    lzf_decompress(from, UInt32(input.count), to + start, UInt32(length)))
            }
        }
        if written == length { return true }
        buffer.truncate(to: start)
        return false
    }

    /// Three bytes become 264 at most: a length beyond that is a lie, for which nothing is allocated.
    private static func isPossible(length: Int, from count: Int) -> Bool {
        count > 0 && count <= Int(UInt32.max) && length <= Int(UInt32.max) && length / 88 <= count
    }
}
