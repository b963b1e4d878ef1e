/// The keys that a shard has removed of its own accord (expired, evicted), for whoever keeps a log of its changes.
/// Lives on one core, inside its shard; keeps nothing while nobody listens.
///
/// Bound: emptied at least once a turn, and a turn removes a bounded number of keys.
struct RemovalNotes {
    var isKept = false
    private(set) var bytes: [UInt8] = []
    private(set) var notes: [(database: UInt8, end: Int)] = []

    mutating func note(_ key: UnsafeRawBufferPointer, in database: Int) {
        unsafe bytes.append(contentsOf: key)
        notes.append((UInt8(truncatingIfNeeded: database), bytes.count))
    }

    mutating func removeAll() {
        notes.removeAll(keepingCapacity: notes.capacity <= 4096)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 18)
    }
}

extension Shard {
    /// Whether keys that the shard removes by itself are noted for `takeRemovals`.
    public var notesRemovals: Bool {
        get { removals.isKept }
        set {
            removals.isKept = newValue
            if !newValue { removals.removeAll() }
        }
    }

    /// Whether there are notes to take.
    public var hasRemovals: Bool { !removals.notes.isEmpty }

    /// Hands over the keys noted since the last call, oldest first, and forgets them.
    public mutating func takeRemovals(_ body: (DatabaseIndex, RawSpan) -> Void) {
        var start = 0
        for index in removals.notes.indices {
            let (database, end) = removals.notes[index]
            // Unsafe: a view of the array's own bytes, for this call of `body` only.
            unsafe removals.bytes.withUnsafeBytes { bytes in
                let key = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                unsafe body(DatabaseIndex(rawValue: database), RawSpan(_unsafeBytes: key))
            }
            start = end
        }
        removals.removeAll()
    }

    /// Notes an entry that the shard is about to remove by itself.
    mutating func noteRemoval(_ id: EntryID, _ database: Int) {
        // Unsafe: the key is copied within the call.
        unsafe removals.note(Entry(id.handle, arena.addresses).keyBytes, in: database)
    }
}
