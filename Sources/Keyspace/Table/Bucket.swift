import Memory

/// Ten slots in one cache line.
///
/// ```
///  0                   10     12         16            24                                  64
///  | fingerprints 10x8 | busy | overflow | walk 64     | handles 10x32                      |
///                       10 bits     \
///                        bit 0        10        14        20          32
///                            | foreign | spilled | stashed | filter 12 |
/// ```
/// - *busy*: which slots hold an entry.
/// - *foreign*: which of them belong to the bucket before (their home was full).
/// - *spilled*: how many entries of this home lie in the bucket after; *stashed*: how many in the segment's stash,
///   and *filter* has a bit set for each of their fingerprints. A lookup leaves the line only if these say so.
/// - *walk*: what a snapshot has handed out (`Bucket+HandedOut`). A stash bucket has no home, so there the word holds
///   the homes of its ten entries, six bits each, and the overflow word holds a fact of the segment (see `Segment`).
@safe struct Bucket {
    static var slotCount: Int { 10 }

    // Unsafe: points at 64 bytes of a live segment; Segment.bucket makes it.
    let base: UnsafeMutableRawPointer

    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// The busy slots with this fingerprint, one bit each.
    @inline(__always) func match(_ fingerprint: UInt8) -> UInt32 {
        unsafe Bytes.match16(base, fingerprint) & UInt32(base.load(fromByteOffset: 10, as: UInt16.self))
    }

    var busy: UInt32 {
        get { unsafe UInt32(base.load(fromByteOffset: 10, as: UInt16.self)) }
        nonmutating set {
            unsafe base.storeBytes(
                of: UInt16(truncatingIfNeeded: newValue), toByteOffset: 10, as: UInt16.self)
        }
    }

    var overflow: UInt32 {
        get { unsafe base.load(fromByteOffset: 12, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 12, as: UInt32.self) }
    }

    /// What of a home bucket a snapshot has handed out; the homes of a stash bucket's entries.
    var walk: UInt64 {
        get { unsafe base.load(fromByteOffset: 16, as: UInt64.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 16, as: UInt64.self) }
    }

    func fingerprint(_ slot: Int) -> UInt8 { unsafe base.load(fromByteOffset: slot, as: UInt8.self) }

    @inline(__always) func handle(_ slot: Int) -> Handle {
        unsafe Handle(rawValue: base.load(fromByteOffset: 24 &+ slot &* 4, as: UInt32.self))
    }

    func setHandle(_ slot: Int, _ handle: Handle) {
        unsafe base.storeBytes(of: handle.rawValue, toByteOffset: 24 &+ slot &* 4, as: UInt32.self)
    }

    var isFull: Bool { busy == 0x3FF }

    /// The first slot that is not busy, if there is one.
    var freeSlot: Int? {
        let free = ~busy & 0x3FF
        return free == 0 ? nil : free.trailingZeroBitCount
    }

    func put(_ slot: Int, _ fingerprint: UInt8, _ handle: Handle) {
        unsafe base.storeBytes(of: fingerprint, toByteOffset: slot, as: UInt8.self)
        setHandle(slot, handle)
        busy |= 1 << UInt32(slot)
    }

    func clear(_ slot: Int) { busy &= ~(1 << UInt32(slot)) }

    // The overflow word's parts.

    var foreign: UInt32 {
        get { overflow & 0x3FF }
        nonmutating set { overflow = overflow & ~0x3FF | newValue }
    }

    var spilled: Int {
        get { Int(overflow >> 10 & 0xF) }
        nonmutating set { overflow = overflow & ~(0xF << 10) | UInt32(truncatingIfNeeded: newValue) << 10 }
    }

    var stashed: Int {
        get { Int(overflow >> 14 & 0x3F) }
        nonmutating set { overflow = overflow & ~(0x3F << 14) | UInt32(truncatingIfNeeded: newValue) << 14 }
    }

    /// Whether the stash may hold an entry of this home with this fingerprint.
    func mayBeStashed(_ fingerprint: UInt8) -> Bool { overflow & Bucket.filterBit(fingerprint) != 0 }

    func addToFilter(_ fingerprint: UInt8) { overflow |= Bucket.filterBit(fingerprint) }

    func clearFilter() { overflow &= 0xF_FFFF }

    private static func filterBit(_ fingerprint: UInt8) -> UInt32 {
        1 << (20 + (UInt32(fingerprint) * 12) >> 8)
    }

    // A stash bucket's homes.

    func home(ofStashed slot: Int) -> Int { Int(walk >> UInt64(slot * 6) & 0x3F) }

    func setHome(ofStashed slot: Int, _ home: Int) {
        let shift = UInt64(slot * 6)
        walk = walk & ~(0x3F << shift) | UInt64(home) << shift
    }
}
