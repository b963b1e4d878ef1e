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
    /// of what is used.
    mutating func tidy() {
        let keep = max(16 << 20, arena.usedBytes / 8) >> 12
        _ = arena.giveBack(atMost: 1024, keeping: keep)
    }

    /// Gives free memory back to the kernel at once, all of it (MEMORY PURGE).
    public mutating func purge() { while arena.giveBack(atMost: 1 << 18) > 0 {} }
}
