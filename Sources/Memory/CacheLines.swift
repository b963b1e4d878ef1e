public import CShims

/// Hints to the cache.
public enum Prefetch {
    /// Asks for the line that holds `address`; answers at once.
    @inlinable @inline(__always) @unsafe public static func line(_ address: UnsafeRawPointer) {
        unsafe coronet_prefetch(address)
    }
}

/// Comparisons the processor does many bytes at a time.
public enum Bytes {
    /// One bit for each of the 16 bytes at `address` that equals `wanted`; the first byte is bit 0.
    @inlinable @inline(__always) @unsafe
    public static func match16(_ address: UnsafeRawPointer, _ wanted: UInt8) -> UInt32 {
        unsafe coronet_match16(address, wanted)
    }

    /// Whether two runs of `count` bytes are the same.
    @inlinable @inline(__always) @unsafe
    public static func equal(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
        unsafe coronet_equal(a, b, count) != 0
    }
}
