// What a snapshot has handed out of a home bucket, in its walk word:
//
//      63                         11       10      9      0
//     | number of the snapshot      | whole | slots 10   |
//
// - *whole*: all entries of this home have been, wherever they lie; what comes to the home from now on need not be.
// - *slots*: the entries in these slots of the bucket have been by themselves, or have come since the snapshot began:
//   entries of this home, and of the one before that were spilled here. A mark goes with its entry when that moves.
//
// The word of an older snapshot says nothing, so beginning one costs nothing. A stash bucket has no room for marks:
// its entries are handed out with the whole of their home.

extension Bucket {
    /// Whether the snapshot has handed out all entries of this home.
    func isHandedOut(by snapshot: UInt64) -> Bool { walk >> 10 == snapshot << 1 | 1 }

    /// The slots here that the snapshot need not look at, whichever home their entries belong to.
    func slotsHandedOut(by snapshot: UInt64) -> UInt32 {
        walker == snapshot ? UInt32(walk & 0x3FF) : 0
    }

    /// All entries of this home are handed out.
    func markHome(by snapshot: UInt64) {
        walk = snapshot << 11 | 1 << 10 | UInt64(slotsHandedOut(by: snapshot))
    }

    /// The entry in a slot is handed out, or has not been there when the snapshot began.
    func mark(_ slot: Int, by snapshot: UInt64) {
        walk = (walker == snapshot ? walk : snapshot << 11) | 1 << UInt64(slot)
    }

    /// The entry that has come to a slot brings no mark.
    func clearMark(_ slot: Int) { walk &= ~(1 << UInt64(slot)) }

    /// The entry that has come to a slot brings its mark from a slot of another home bucket.
    func takeMark(_ slot: Int, from other: Bucket, _ otherSlot: Int) {
        guard other.walk >> UInt64(otherSlot) & 1 != 0, other.walker >= walker else { return clearMark(slot) }
        mark(slot, by: other.walker)
    }

    /// The snapshot that this word is of.
    private var walker: UInt64 { walk >> 11 }
}
