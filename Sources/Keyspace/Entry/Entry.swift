import Memory

/// One key and its value in one arena block, looked at through its address. Never kept across a call that may move
/// the block.
///
/// ```
///  0        8          16     20     24           (32)        (40)
///  | header | [expiry  | prev | next] | [version] | [lengths] | key ... | value ... |  slack
///            \__ if expiring ________/  versioned    long
/// ```
/// `prev` and `next` thread the entry into a slot of the timing wheel. A wheel's slot heads look like entries from
/// here on: they have `prev` and `next` at the same offsets.
@safe struct Entry {
    // Unsafe: points at a block that the table or the wheel holds; whoever makes an Entry vouches for that.
    let base: UnsafeMutableRawPointer

    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    init(_ handle: Handle, _ addresses: AddressMap) { unsafe base = addresses.address(of: handle) }

    var header: EntryHeader {
        get { unsafe EntryHeader(word: base.load(as: UInt64.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.word, as: UInt64.self) }
    }

    /// Only of an expiring entry.
    var expiry: UnixMillis {
        get { unsafe UnixMillis(rawValue: base.load(fromByteOffset: 8, as: Int64.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.rawValue, toByteOffset: 8, as: Int64.self) }
    }

    var previous: Handle {
        get { unsafe Handle(rawValue: base.load(fromByteOffset: 16, as: UInt32.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.rawValue, toByteOffset: 16, as: UInt32.self) }
    }

    var next: Handle {
        get { unsafe Handle(rawValue: base.load(fromByteOffset: 20, as: UInt32.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.rawValue, toByteOffset: 20, as: UInt32.self) }
    }

    /// Only of a versioned entry: the word after the expiry, or right after the header.
    var version: UInt64 {
        get { unsafe base.load(fromByteOffset: versionOffset, as: UInt64.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: versionOffset, as: UInt64.self) }
    }

    private var versionOffset: Int { header.isExpiring ? 24 : 8 }

    var keyLength: Int { keyLength(header) }
    var valueLength: Int { valueLength(header) }

    @inline(__always) func keyLength(_ header: EntryHeader) -> Int {
        if !header.isLong { return header.shortKeyLength }
        return unsafe Int(base.load(fromByteOffset: header.keyOffset &- 8, as: UInt32.self))
    }

    @inline(__always) func valueLength(_ header: EntryHeader) -> Int {
        if !header.isLong { return header.shortValueLength }
        return unsafe Int(base.load(fromByteOffset: header.keyOffset &- 4, as: UInt32.self))
    }

    /// The bytes in use, which is what the block was asked for.
    var byteCount: Int {
        let header = header
        return header.keyOffset &+ keyLength(header) &+ valueLength(header)
    }

    var keyBytes: UnsafeRawBufferPointer {
        let header = header
        return unsafe UnsafeRawBufferPointer(start: base + header.keyOffset, count: keyLength(header))
    }

    var valueBytes: UnsafeMutableRawBufferPointer {
        let header = header
        let start = unsafe base + header.keyOffset + keyLength(header)
        return unsafe UnsafeMutableRawBufferPointer(start: start, count: valueLength(header))
    }

    /// Whether the entry's key is these bytes. The length is compared first: it is in the line that is there.
    @inline(__always) func hasKey(_ key: UnsafeRawPointer, _ count: Int) -> Bool {
        let header = header
        if keyLength(header) != count { return false }
        return unsafe Bytes.equal(base + header.keyOffset, key, count)
    }

    /// Writes the header, and the lengths where they need their own word. Key, value, expiry, links and version
    /// are the caller's.
    func write(_ header: EntryHeader, keyLength: Int, valueLength: Int) {
        self.header = header
        if header.isLong {
            let at = header.keyOffset
            unsafe base.storeBytes(of: UInt32(keyLength), toByteOffset: at - 8, as: UInt32.self)
            unsafe base.storeBytes(of: UInt32(valueLength), toByteOffset: at - 4, as: UInt32.self)
        }
    }
}
