import Memory

/// 4 KiB of buckets: 60 homes and a stash of 4 that all homes share.
///
/// ```
///  bucket 0 ... 59            60               61              62              63
///  | homes                  | stash, depth   | stash, count  | stash, prefix | stash |
/// ```
/// An entry lies in its home bucket, or if that was full in the one after it (59 wraps to 0), or in the stash. Its
/// home comes from hash bits that no split changes, so a split leaves every entry in its bucket, and a cursor that
/// names homes survives. The stash buckets' overflow words hold the segment's own facts.
@safe struct Segment {
    static var byteCount: Int { 4096 }
    static var homeCount: Int { 60 }
    static var bucketCount: Int { 64 }

    // Unsafe: points at a live segment's first byte; aligned to a page, since its slab's pages are 4 KiB blocks.
    let base: UnsafeMutableRawPointer

    init(_ handle: Handle, _ addresses: AddressMap) { unsafe base = addresses.address(of: handle) }

    @inline(__always) func bucket(_ index: Int) -> Bucket { unsafe Bucket(base + index &* 64) }

    /// How many top bits of the hash all entries here share.
    var depth: Int {
        get { Int(bucket(60).overflow) }
        nonmutating set { bucket(60).overflow = UInt32(newValue) }
    }

    var count: Int {
        get { Int(bucket(61).overflow) }
        nonmutating set { bucket(61).overflow = UInt32(newValue) }
    }

    /// Those top bits.
    var prefix: UInt32 {
        get { bucket(62).overflow }
        nonmutating set { bucket(62).overflow = newValue }
    }

    static func next(_ home: Int) -> Int { home == homeCount &- 1 ? 0 : home &+ 1 }
    static func previous(_ home: Int) -> Int { home == 0 ? homeCount &- 1 : home &- 1 }

    /// The home of the entry in a busy slot.
    func home(bucket index: Int, slot: Int) -> Int {
        if index >= Segment.homeCount { return bucket(index).home(ofStashed: slot) }
        return bucket(index).foreign >> UInt32(slot) & 1 != 0 ? Segment.previous(index) : index
    }
}

extension KeyHash {
    @inline(__always) var fingerprint: UInt8 { UInt8(truncatingIfNeeded: rawValue) }

    /// The home bucket: 32 bits of the hash scaled to 0..<60.
    @inline(__always) var home: Int {
        Int(truncatingIfNeeded: ((rawValue >> 8 & 0xFFFF_FFFF) &* UInt64(Segment.homeCount)) >> 32)
    }

    /// The top `depth` bits.
    @inline(__always) func prefix(_ depth: Int) -> Int {
        Int(truncatingIfNeeded: (rawValue >> 1) &>> UInt64(63 &- depth))
    }
}
