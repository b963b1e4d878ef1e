import Memory

extension Shard {
    /// Removes every key of a database at once: its heap is given up by the span, not by the key. The pages go back to
    /// the kernel in the slices that follow (`expire`).
    public mutating func flush(in index: DatabaseIndex) {
        changes &+= UInt64(databases[index].table.count)
        clear(Int(index.rawValue))
    }

    mutating func clear(_ database: Int) {
        if preserveDatabase(database) { return }
        let heap = databases[database].heap
        arena.reset(heap: heap)
        databases[database] = Database(heap: heap)
    }

    /// Exchanges two databases.
    public mutating func swap(_ a: DatabaseIndex, _ b: DatabaseIndex) {
        if a == b { return }
        let (first, second) = (Int(a.rawValue), Int(b.rawValue))
        let held = databases[first]
        databases[first] = databases[second]
        databases[second] = held
        changes &+= 1
    }

    /// Gives a slice of free memory back to the kernel, beyond what is worth keeping for reuse: 16 MiB or an eighth
    /// of what is used, or less where memory is limited.
    mutating func tidy() {
        let keep = min(spareBytesMax, max(16 << 20, arena.usedBytes / 8)) >> 12
        _ = arena.giveBack(atMost: 1024, keeping: keep)
    }

    /// Keeps at most so many bytes of free memory for reuse, and has at most `ahead` bytes ready that were never used.
    public mutating func limitSpare(to byteCount: Int, ahead: Int) {
        spareBytesMax = max(0, byteCount)
        arena.prepare(atMost: ahead)
    }

    /// Gives free memory back to the kernel at once, all of it (MEMORY PURGE).
    public mutating func purge() { while arena.giveBack(atMost: 1 << 18) > 0 {} }
}
