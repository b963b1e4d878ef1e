import Memory

extension Shard {
    /// Inserts the key or replaces its value; nil where the arena has no room, and then nothing has changed.
    ///
    /// A value whose entry keeps its block size is written over the old one. A versioned entry gets a new version. With
    /// `touching` false the access clock of an entry that is there stays as it is.
    public mutating func store(
        _ key: RawSpan, _ hash: KeyHash, in index: DatabaseIndex, value: RawSpan, encoding: Encoding,
        expiry change: ExpiryChange, at now: UnixMillis, touching: Bool = true
    ) -> EntryID? {
        latest = now
        let database = Int(index.rawValue)
        var old = locate(key, hash, in: index)
        if let id = old, isExpired(id, at: now) {
            expire(id, database)
            old = nil
        }
        var expiry: UnixMillis?
        switch change {
        case .at(let time): expiry = time
        case .clear: expiry = nil
        case .keep: if let id = old { expiry = self.expiry(of: id) }
        }
        if expiry != nil && !openWheel(database, now: now) {
            return nil
        }
        guard let old else {
            return insert(key, hash, database, value, encoding, expiry, at: now)
        }
        return overwrite(old, key, database, value, encoding, expiry, at: now, touching: touching)
    }

    /// Inserts a key that is not there.
    mutating func insert(
        _ key: RawSpan, _ hash: KeyHash, _ database: Int, _ value: RawSpan,
        _ encoding: Encoding, _ expiry: UnixMillis?, at now: UnixMillis
    ) -> EntryID? {
        var flags = EntryHeader.longFlag(keyLength: key.byteCount, valueLength: value.byteCount)
        if expiry != nil { flags |= EntryHeader.expiring }
        let length = EntryHeader.keyOffset(flags: flags) + key.byteCount + value.byteCount
        let heap = databases[database].heap
        guard let block = arena.allocate(length, heap: heap) else { return nil }
        let entry = Entry(block, arena.addresses)
        let header = EntryHeader(
            kind: .string, encoding: encoding, flags: flags, clock: clockOfNew(hash, at: now),
            keyLength: key.byteCount,
            valueLength: value.byteCount)
        entry.write(header, keyLength: key.byteCount, valueLength: value.byteCount)
        unsafe entry.fill(key, at: header.keyOffset)
        unsafe entry.fill(value, at: header.keyOffset + key.byteCount)
        guard let id = databases[database].table.insert(block, hash, hasher, &arena, heap: heap) else {
            arena.free(block)
            return nil
        }
        if let expiry { schedule(block, expiry, database) }
        leaveOut(id, in: database)
        changes &+= 1
        return id
    }

    private mutating func overwrite(
        _ id: EntryID, _ key: RawSpan, _ database: Int, _ value: RawSpan,
        _ encoding: Encoding, _ expiry: UnixMillis?, at now: UnixMillis, touching: Bool
    ) -> EntryID? {
        preserve(id, in: database)
        let old = Entry(id.handle, arena.addresses)
        let oldHeader = old.header
        var flags = EntryHeader.longFlag(keyLength: key.byteCount, valueLength: value.byteCount)
        if expiry != nil { flags |= EntryHeader.expiring }
        flags |= oldHeader.flags & EntryHeader.versioned
        let length = EntryHeader.keyOffset(flags: flags) + key.byteCount + value.byteCount
        let fits = arena.blockBytes(for: length) == arena.blockBytes(for: old.byteCount)
        var block = id.handle
        if !fits {
            if let moved = arena.allocate(length, heap: databases[database].heap) {
                block = moved
            } else if length > old.byteCount {
                return nil
            }
        }
        if oldHeader.isExpiring { unschedule(id.handle, database) }
        let entry = Entry(block, arena.addresses)
        let header = EntryHeader(
            kind: .string, encoding: encoding, flags: flags,
            clock: clockOfOverwritten(oldHeader.clock, at: now, touching: touching),
            keyLength: key.byteCount,
            valueLength: value.byteCount)
        entry.write(header, keyLength: key.byteCount, valueLength: value.byteCount)
        // In place with the same flags the key already lies where it belongs.
        if block != id.handle || flags != oldHeader.flags { unsafe entry.fill(key, at: header.keyOffset) }
        unsafe entry.fill(value, at: header.keyOffset + key.byteCount)
        if header.isVersioned { entry.version = takeVersion() }
        if let expiry { schedule(block, expiry, database) }
        changes &+= 1
        if block == id.handle { return id }
        arena.free(id.handle)
        return Table.replace(id, with: block, arena.addresses)
    }

    /// Makes the value so many bytes long: shrinks it, or grows it with zeros. The entry may move. Nil where the
    /// arena has no room, and then nothing has changed. The version changes; `mutableValue` counts the change.
    public mutating func resizeValue(of id: EntryID, to length: Int) -> EntryID? {
        precondition(length >= 0 && length <= Int(UInt32.max), "a value is 0 to 2^32 - 1 bytes long")
        let old = entry(id)
        preserve(id)
        let oldLength = old.valueLength
        var flags = old.header.flags & ~EntryHeader.long
        flags |= EntryHeader.longFlag(keyLength: old.keyLength, valueLength: length)
        guard let moved = rebuild(id, flags: flags, valueLength: length) else { return nil }
        if length > oldLength {
            // Unsafe: the bytes beyond the old value are the entry's own now.
            let value = unsafe Entry(moved.handle, arena.addresses).valueBytes
            unsafe UnsafeMutableRawBufferPointer(rebasing: value[oldLength...])
                .initializeMemory(as: UInt8.self, repeating: 0)
        }
        noteWrite(moved)
        return moved
    }

    /// Gives the entry other flags and another value length, keeping everything both have. Words that are new are
    /// the caller's to fill; links are kept right if it was and stays expiring. The value's new bytes are undefined.
    mutating func rebuild(_ id: EntryID, flags: UInt8, valueLength: Int) -> EntryID? {
        let old = entry(id)
        let oldHeader = old.header
        let keyLength = old.keyLength(oldHeader)
        let kept = min(old.valueLength(oldHeader), valueLength)
        let offset = EntryHeader.keyOffset(flags: flags)
        let length = offset + keyLength + valueLength
        var block = id.handle
        let fits = arena.blockBytes(for: length) == arena.blockBytes(for: old.byteCount)
        if !fits {
            if let moved = arena.allocate(length, heap: arena.heap(of: id.handle)) {
                block = moved
            } else if length > old.byteCount {
                return nil
            }
            // What shrinks can stay in its block, however full the arena is.
        }
        let entry = Entry(block, arena.addresses)
        let (version, expiry) = (
            oldHeader.isVersioned ? old.version : 0, oldHeader.isExpiring ? old.expiry : latest
        )
        let (previous, next) = (old.previous, old.next)
        // Unsafe: key and value lie side by side, so one move takes both; it may overlap where it stays in its block.
        unsafe (entry.base + offset).copyMemory(
            from: old.base + oldHeader.keyOffset, byteCount: keyLength + kept)
        let header = EntryHeader(
            kind: oldHeader.kind, encoding: oldHeader.encoding, flags: flags, clock: oldHeader.clock,
            keyLength: keyLength, valueLength: valueLength)
        entry.write(header, keyLength: keyLength, valueLength: valueLength)
        if header.isExpiring && oldHeader.isExpiring {
            entry.expiry = expiry
            entry.previous = previous
            entry.next = next
        }
        if header.isVersioned && oldHeader.isVersioned { entry.version = version }
        if block == id.handle { return id }
        if header.isExpiring && oldHeader.isExpiring { Wheel.moved(to: block, arena.addresses) }
        arena.free(id.handle)
        return Table.replace(id, with: block, arena.addresses)
    }

    /// Removes the entry.
    public mutating func remove(_ id: EntryID, in index: DatabaseIndex) {
        precondition(Table.holds(id, arena.addresses), "an entry was removed after it moved or was removed")
        discard(id, Int(index.rawValue))
        changes &+= 1
    }

    /// Takes the entry out of table and wheel and frees its block. A database that becomes empty starts over, so that a
    /// table once large does not stay.
    mutating func discard(_ id: EntryID, _ database: Int) {
        preserve(id, in: database)
        let entry = Entry(id.handle, arena.addresses)
        if entry.header.isExpiring { unschedule(id.handle, database) }
        databases[database].table.remove(id, arena.addresses)
        arena.free(id.handle)
        let left = databases[database].table
        if left.count == 0 && left.segmentCount > 16 { clear(database) }
    }
}

extension Entry {
    /// Copies bytes to an offset of the entry.
    @unsafe func fill(_ bytes: RawSpan, at offset: Int) {
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            unsafe (base + offset).copyMemory(from: from, byteCount: source.count)
        }
    }
}
