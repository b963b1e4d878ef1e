extension Arena {
    /// The size of the block that a request gets in this arena.
    public func blockBytes(for byteCount: Int) -> Int {
        let granule = 1 &<< granuleShift
        return BlockSize.rounding((byteCount &+ granule &- 1) & ~(granule &- 1))
    }

    /// A block of at least `byteCount` bytes, its contents undefined; nil where the arena is full.
    public mutating func allocate(_ byteCount: Int, heap: Int = 0) -> Handle? {
        precondition(byteCount >= 0 && heap < heapCount, "an allocation needs a size and a heap that exists")
        let size = blockBytes(for: byteCount)
        if size > BlockSize.slabMax { return allocateRun(size, heap: heap) }
        let sizeClass = BlockSize.sizeClass(ofRounded: size)
        let list = listIndex(heap, sizeClass)
        // Unsafe: span numbers in lists are numbers of live spans (checkInvariants holds them to it).
        var index = unsafe lists[list]
        if index == Span.none {
            guard let opened = openSlab(sizeClass, heap: heap) else { return nil }
            index = opened
        }
        let span = unsafe spans + Int(index)
        let granule: UInt32
        let first = unsafe span.pointee.firstPage &<< UInt32(Arena.pageShift &- granuleShift)
        if unsafe span.pointee.freeHead != 0 {
            granule = unsafe first &+ span.pointee.freeHead &- 1
            // Unsafe: a free block's first word is the next free block of its span.
            unsafe span.pointee.freeHead = addresses.address(of: Handle(rawValue: granule))
                .load(as: UInt32.self)
        } else {
            unsafe span.pointee.blocksFresh &-= 1
            let offset = unsafe Int(span.pointee.blocksFresh) &* size
            granule = first &+ UInt32(truncatingIfNeeded: offset >> granuleShift)
        }
        unsafe span.pointee.blocksUsed &+= 1
        if unsafe span.pointee.freeHead == 0 && span.pointee.blocksFresh == 0 {
            unlink(index, from: list)
            link(index, into: list + BlockSize.classCount)
        }
        count(size, blocks: 1)
        return Handle(rawValue: granule)
    }

    /// A run of whole pages for one large block.
    private mutating func allocateRun(_ size: Int, heap: Int) -> Handle? {
        guard let pages = UInt32(exactly: size >> Arena.pageShift), let index = takePages(pages) else {
            return nil
        }
        unsafe spans[Int(index)].role = .run
        unsafe spans[Int(index)].heap = UInt8(truncatingIfNeeded: heap)
        link(index, into: Arena.binCount + heap * Arena.heapStride + Arena.runList)
        heldPages += Int(pages)
        count(size, blocks: 1)
        return unsafe Handle(rawValue: spans[Int(index)].firstPage << UInt32(Arena.pageShift - granuleShift))
    }

    /// A fresh slab, linked as the one with room.
    private mutating func openSlab(_ sizeClass: Int, heap: Int) -> UInt32? {
        let pages = BlockSize.spanPages(ofClass: sizeClass)
        guard let index = takePages(UInt32(pages)) else { return nil }
        let span = unsafe spans + Int(index)
        unsafe span.pointee.role = .slab
        unsafe span.pointee.sizeClass = UInt8(truncatingIfNeeded: sizeClass)
        unsafe span.pointee.isLeaving = false
        unsafe span.pointee.heap = UInt8(truncatingIfNeeded: heap)
        unsafe span.pointee.freeHead = 0
        unsafe span.pointee.blocksUsed = 0
        unsafe span.pointee.blocksFresh = UInt16(slabCapacity(sizeClass))
        let first = unsafe Int(span.pointee.firstPage)
        for page in first..<first + pages { unsafe pageMap[page] = index }
        link(index, into: listIndex(heap, sizeClass))
        heldPages += pages
        return index
    }

    func slabCapacity(_ sizeClass: Int) -> Int {
        BlockSize.spanPages(ofClass: sizeClass) &<< Arena.pageShift / BlockSize.size(ofClass: sizeClass)
    }

    func listIndex(_ heap: Int, _ sizeClass: Int) -> Int {
        Arena.binCount &+ heap &* Arena.heapStride &+ sizeClass
    }
}
