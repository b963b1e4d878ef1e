import Memory

/// One database: its table, its wheel and the heap their blocks come from. Swapped and flushed whole.
struct Database {
    init(heap: Int) { self.heap = heap }

    var table = Table()
    var wheel = Wheel()
    /// The arena heap that all blocks of this database come from.
    var heap: Int
    /// The sum of all expiry times, for their mean.
    var expirySum: Int128 = 0
    /// How far the snapshot under way is here.
    var snapshot = SnapshotProgress()
}

/// The shard's databases, in place: a subscript reads and changes one without copying it.
@safe struct Databases {
    // Unsafe: `count` databases, from init to free; the shard calls free in its deinit and copies this nowhere.
    private let base: UnsafeMutablePointer<Database>
    let count: Int

    init(count: Int) {
        unsafe base = .allocate(capacity: count)
        self.count = count
        for index in 0..<count { unsafe (base + index).initialize(to: Database(heap: index)) }
    }

    func free() { unsafe base.deallocate() }

    subscript(index: Int) -> Database {
        @inline(__always) unsafeAddress {
            precondition(index >= 0 && index < count, "a database beyond the shard's count")
            return unsafe UnsafePointer(base + index)
        }
        @inline(__always) nonmutating unsafeMutableAddress {
            precondition(index >= 0 && index < count, "a database beyond the shard's count")
            return unsafe base + index
        }
    }

    subscript(index: DatabaseIndex) -> Database {
        @inline(__always) unsafeAddress {
            precondition(Int(index.rawValue) < count, "a database beyond the shard's count")
            return unsafe UnsafePointer(base + Int(index.rawValue))
        }
    }
}
