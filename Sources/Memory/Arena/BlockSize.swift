/// The sizes blocks come in: how many bytes a request of so many bytes really takes.
///
/// ```
///      8  16  24 ... 128 | 144 160 ... 256 | 288 320 ... 512 | ... | 28 KiB 32 KiB | 36 KiB 40 KiB ...
///      steps of 8        | steps of 16     | steps of 32     |     | 4 KiB         | runs of whole pages
///      class 0...15      | class 16...23   | class 24...31   |     | ...class 79   | no class
/// ```
/// Eight steps to a doubling: at most 12.5 % of a block is slack. Every value is a pure function of the request, so
/// a caller can tell whether two lengths share a block size without asking the arena.
public enum BlockSize {
    /// The largest block that shares its pages with others of its class.
    @inlinable public static var slabMax: Int { 32 << 10 }
    @usableFromInline static var classCount: Int { 80 }

    /// The size of the block that a request for `byteCount` bytes gets, before rounding to the arena's granule.
    @inlinable public static func rounding(_ byteCount: Int) -> Int {
        if byteCount <= 128 { return byteCount <= 8 ? 8 : (byteCount &+ 7) & ~7 }
        // 2^k < byteCount <= 2^(k+1): steps of 2^(k-3), and never finer than a page beyond the slabs.
        let k = Int.bitWidth &- 1 &- (byteCount &- 1).leadingZeroBitCount
        let step = byteCount > slabMax ? max(1 &<< (k &- 3), 4096) : 1 &<< (k &- 3)
        return (byteCount &+ step &- 1) & ~(step &- 1)
    }

    /// The class of a size that `rounding` answered and that is at most `slabMax`.
    @usableFromInline static func sizeClass(ofRounded size: Int) -> Int {
        if size <= 128 { return size >> 3 &- 1 }
        let k = Int.bitWidth &- 1 &- (size &- 1).leadingZeroBitCount
        return 16 &+ (k &- 7) &* 8 &+ ((size &- (1 &<< k)) >> (k &- 3)) &- 1
    }

    /// The size of a class: the inverse of `sizeClass(ofRounded:)`.
    static func size(ofClass index: Int) -> Int {
        if index < 16 { return (index + 1) * 8 }
        let k = 7 + (index - 16) / 8
        return (1 << k) + ((index - 16) % 8 + 1) << (k - 3)
    }

    /// How many pages a class takes at a time: 64 KiB for small blocks, 256 KiB for larger ones, so that the tail
    /// that no block fits in stays small.
    static func spanPages(ofClass index: Int) -> Int { size(ofClass: index) <= 1024 ? 16 : 64 }
}
