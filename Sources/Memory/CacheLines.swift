public import CShims

/// Hints to the cache.
public enum Prefetch {
    /// Asks for the line that holds `address`, which is wanted next; answers at once.
    @inlinable @inline(__always) @unsafe public static func line(_ address: UnsafeRawPointer) {
        unsafe coronet_prefetch(address)
    }

    /// Asks for a line of many that are wanted a while later: into the second level of the cache. The first one has few
    /// places for lines under way, and a processor that has filled them waits; there it would also push out what is in use.
    @inlinable @inline(__always) @unsafe public static func lineForLater(_ address: UnsafeRawPointer) {
        unsafe coronet_prefetch_to_second_level(address)
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
