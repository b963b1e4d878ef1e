import Memory

/// Finds entries by hash: extendible hashing over segments. Lives on one core, one for each database.
///
/// ```
///  hash     | prefix: picks the directory cell | ... home: picks the bucket ... | fingerprint |
///            63                            40   39                            8   7         0
///  directory| segment | segment | segment | segment | ...      2^depth cells, 4 bytes each
///  segment  | 60 homes + 4 stash buckets of 64 bytes |
/// ```
/// A full segment splits in two by one more bit of prefix; only if it alone used all of the directory's bits does
/// the directory double (4 bytes a segment, copied in one go). No other segment is touched: there is no rehash.
/// Lookups touch the directory (hot), one bucket, one entry.
struct Table {
    /// The directory's block: 2^depth segment handles. None while the table is empty.
    var directory = Handle.none
    var depth = 0
    var segmentCount = 0
    var count = 0

    /// Beyond this the hash's prefix would run into the bits that pick the home.
    static var depthMax: Int { 24 }

    @inline(__always) func segment(at cell: Int, _ addresses: AddressMap) -> Handle {
        // Unsafe: cell is below 2^depth, the directory's length.
        unsafe Handle(
            rawValue: addresses.address(of: directory).load(fromByteOffset: cell &* 4, as: UInt32.self))
    }

    func setSegment(at cell: Int, _ segment: Handle, _ addresses: AddressMap) {
        unsafe addresses.address(of: directory)
            .storeBytes(of: segment.rawValue, toByteOffset: cell &* 4, as: UInt32.self)
    }

    @inline(__always) func segment(of hash: KeyHash, _ addresses: AddressMap) -> Handle {
        segment(at: hash.prefix(depth), addresses)
    }
}
