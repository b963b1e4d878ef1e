extension Arena {
    /// Gives a block back. It must be allocated: a handle that names no block traps where that can be seen.
    public mutating func free(_ handle: Handle) {
        let granulesPerPage = UInt32(Arena.pageShift &- granuleShift)
        let page = handle.rawValue >> granulesPerPage
        precondition(page < frontier, "freeing a handle beyond the arena's frontier")
        let index = unsafe pageMap[Int(page)]
        let span = unsafe spans + Int(index)
        let role = unsafe span.pointee.role
        precondition(role == .slab || role == .run, "freeing a handle into pages that are already free")
        if role == .slab {
            freeInSlab(handle, index)
            return
        }
        precondition(
            unsafe handle.rawValue == span.pointee.firstPage << granulesPerPage,
            "freeing a handle into the middle of a large block")
        let heap = unsafe Int(span.pointee.heap)
        let pages = unsafe Int(span.pointee.pageCount)
        unlink(index, from: Arena.binCount + heap * Arena.heapStride + Arena.runList)
        heldPages -= pages
        count(-pages << Arena.pageShift, blocks: -1)
        returnPages(index)
    }

    private mutating func freeInSlab(_ handle: Handle, _ index: UInt32) {
        let span = unsafe spans + Int(index)
        let sizeClass = unsafe Int(span.pointee.sizeClass)
        let heap = unsafe Int(span.pointee.heap)
        let list = listIndex(heap, sizeClass)
        let wasFull =
            unsafe span.pointee.freeHead == 0
            && span.pointee.blocksFresh == 0
        precondition(unsafe span.pointee.blocksUsed > 0, "freeing into a slab that has no block in use")
        // Unsafe: the block is ours again; its first word links the slab's free blocks.
        let first = unsafe span.pointee.firstPage &<< UInt32(Arena.pageShift &- granuleShift)
        unsafe addresses.address(of: handle).storeBytes(of: span.pointee.freeHead, as: UInt32.self)
        unsafe span.pointee.freeHead = handle.rawValue &- first &+ 1
        unsafe span.pointee.blocksUsed &-= 1
        count(-BlockSize.size(ofClass: sizeClass), blocks: -1)
        if unsafe span.pointee.isLeaving {
            if unsafe span.pointee.blocksUsed > 0 { return }
            unlink(index, from: leavingList(heap))
            unsafe span.pointee.isLeaving = false
            heldPages -= unsafe Int(span.pointee.pageCount)
            return returnPages(index)
        }
        if wasFull {
            unlink(index, from: list + BlockSize.classCount)
            link(index, into: list)
        }
        // An empty slab goes back unless it is the class's last one with room: a class that hovers around empty
        // would otherwise open and close a slab with every block.
        if unsafe span.pointee.blocksUsed == 0 && !(lists[list] == index && span.pointee.next == Span.none) {
            unlink(index, from: list)
            heldPages -= unsafe Int(span.pointee.pageCount)
            returnPages(index)
        }
    }

    /// The heap a block was allocated from.
    public func heap(of handle: Handle) -> Int {
        let page = handle.rawValue >> UInt32(Arena.pageShift &- granuleShift)
        precondition(page < frontier, "asking for the heap of a handle beyond the arena's frontier")
        return unsafe Int(spans[Int(pageMap[Int(page)])].heap)
    }

    /// Gives up every block of a heap at once, in time by the span.
    public mutating func reset(heap: Int) {
        precondition(heap < heapCount, "resetting a heap that does not exist")
        let first = Arena.binCount + heap * Arena.heapStride
        for list in first...first + Arena.runList + 1 {
            while true {
                let index = unsafe lists[list]
                if index == Span.none { break }
                let span = unsafe spans[Int(index)]
                unlink(index, from: list)
                heldPages -= Int(span.pageCount)
                if span.role == .run {
                    count(-Int(span.pageCount) << Arena.pageShift, blocks: -1)
                } else {
                    let used = Int(span.blocksUsed)
                    count(-used * BlockSize.size(ofClass: Int(span.sizeClass)), blocks: -used)
                }
                returnPages(index)
            }
        }
    }
}
