/// A block of an arena, named by the granule it starts in. Half the size of a pointer, and still right after the
/// arena moved: an address is made from it for one use and never kept.
@frozen public struct Handle: Equatable, Hashable, Sendable {
    /// Granules from the start of the arena.
    public var rawValue: UInt32

    /// Names the block that starts at granule `rawValue`.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No block: the arena never hands out its first granule.
    @inlinable public static var none: Handle { Handle(rawValue: 0) }
}

/// How handles become addresses. Copied freely; valid as long as its arena lives.
@frozen @safe public struct AddressMap {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let granuleShift: UInt64

    @usableFromInline init(base: UnsafeMutableRawPointer, granuleShift: Int) {
        unsafe self.base = base
        self.granuleShift = UInt64(granuleShift)
    }

    /// The address of a block. Unsafe: nothing checks that the block is still allocated.
    @inlinable @unsafe public func address(of handle: Handle) -> UnsafeMutableRawPointer {
        unsafe base + Int(bitPattern: UInt(UInt64(handle.rawValue) &<< granuleShift))
    }
}
