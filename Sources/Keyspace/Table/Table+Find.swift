import Memory

extension Table {
    /// The entry with this key: the home bucket, and beyond it only where the home says that entries of its own are.
    @inline(__always)
    func find(_ key: UnsafeRawPointer, _ length: Int, _ hash: KeyHash, _ addresses: AddressMap) -> EntryID? {
        if directory == .none { return nil }
        let handle = segment(of: hash, addresses)
        let segment = Segment(handle, addresses)
        let home = hash.home
        let fingerprint = hash.fingerprint
        let bucket = segment.bucket(home)
        var matches = bucket.match(fingerprint)
        while matches != 0 {
            let slot = matches.trailingZeroBitCount
            let entry = bucket.handle(slot)
            if unsafe Entry(entry, addresses).hasKey(key, length) {
                return EntryID(handle: entry, segment: handle, bucket: home, slot: slot)
            }
            matches &= matches &- 1
        }
        if bucket.overflow >> 10 == 0 { return nil }
        return unsafe findBeyond(home, key, length, hash, handle, addresses)
    }

    /// The bucket after the home, then the stash.
    @inline(never)
    private func findBeyond(
        _ home: Int, _ key: UnsafeRawPointer, _ length: Int, _ hash: KeyHash, _ handle: Handle,
        _ addresses: AddressMap
    ) -> EntryID? {
        let segment = Segment(handle, addresses)
        let bucket = segment.bucket(home)
        if bucket.spilled > 0 {
            let index = Segment.next(home)
            if let found = unsafe probe(index, key, length, hash, handle, addresses) { return found }
        }
        if bucket.stashed > 0 && bucket.mayBeStashed(hash.fingerprint) {
            for index in Segment.homeCount..<Segment.bucketCount {
                if let found = unsafe probe(index, key, length, hash, handle, addresses) { return found }
            }
        }
        return nil
    }

    private func probe(
        _ index: Int, _ key: UnsafeRawPointer, _ length: Int, _ hash: KeyHash, _ handle: Handle,
        _ addresses: AddressMap
    ) -> EntryID? {
        let bucket = Segment(handle, addresses).bucket(index)
        var matches = bucket.match(hash.fingerprint)
        while matches != 0 {
            let slot = matches.trailingZeroBitCount
            let entry = bucket.handle(slot)
            if unsafe Entry(entry, addresses).hasKey(key, length) {
                return EntryID(handle: entry, segment: handle, bucket: index, slot: slot)
            }
            matches &= matches &- 1
        }
        return nil
    }

    /// Where the table holds this very entry, by its key's hash. For callers that know it is there.
    func locate(_ entry: Handle, _ hash: KeyHash, _ addresses: AddressMap) -> EntryID? {
        if directory == .none { return nil }
        let handle = segment(of: hash, addresses)
        let segment = Segment(handle, addresses)
        let home = hash.home
        if let slot = slot(of: entry, segment.bucket(home)) {
            return EntryID(handle: entry, segment: handle, bucket: home, slot: slot)
        }
        let after = Segment.next(home)
        if let slot = slot(of: entry, segment.bucket(after)) {
            return EntryID(handle: entry, segment: handle, bucket: after, slot: slot)
        }
        for index in Segment.homeCount..<Segment.bucketCount {
            if let slot = slot(of: entry, segment.bucket(index)) {
                return EntryID(handle: entry, segment: handle, bucket: index, slot: slot)
            }
        }
        return nil
    }

    private func slot(of entry: Handle, _ bucket: Bucket) -> Int? {
        var busy = bucket.busy
        while busy != 0 {
            let slot = busy.trailingZeroBitCount
            if bucket.handle(slot) == entry { return slot }
            busy &= busy &- 1
        }
        return nil
    }

    /// Asks for the line of the hash's home bucket.
    @inline(__always) func prefetchBucket(_ hash: KeyHash, _ addresses: AddressMap) {
        if directory == .none { return }
        // Unsafe: only computes an address.
        unsafe Prefetch.line(Segment(segment(of: hash, addresses), addresses).bucket(hash.home).base)
    }

    /// Asks for the first lines of the entry that is probably meant; reads the bucket that was asked for before.
    @inline(__always) func prefetchEntry(_ hash: KeyHash, _ addresses: AddressMap) {
        if directory == .none { return }
        let segment = Segment(segment(of: hash, addresses), addresses)
        let bucket = segment.bucket(hash.home)
        let matches = bucket.match(hash.fingerprint)
        if matches != 0 {
            let entry = unsafe addresses.address(of: bucket.handle(matches.trailingZeroBitCount))
            unsafe Prefetch.lineForLater(entry)
            unsafe Prefetch.lineForLater(entry + 64)
        } else if bucket.spilled > 0 {
            unsafe Prefetch.line(segment.bucket(Segment.next(hash.home)).base)
        }
    }

    /// Asks for the lines of that entry behind the first two, up to `valueBytesMax`: behind that the processor has seen
    /// where the copy goes. Reads the bucket and the entry's header.
    @inline(__always) func prefetchValue(_ hash: KeyHash, _ addresses: AddressMap) {
        if directory == .none { return }
        let bucket = Segment(segment(of: hash, addresses), addresses).bucket(hash.home)
        let matches = bucket.match(hash.fingerprint)
        if matches == 0 { return }
        let entry = Entry(bucket.handle(matches.trailingZeroBitCount), addresses)
        let end = min(entry.byteCount, Table.valueBytesMax)
        var offset = 128
        while offset < end {
            unsafe Prefetch.lineForLater(entry.base + offset)
            offset &+= 64
        }
    }

    private static var valueBytesMax: Int { 2048 }
}
