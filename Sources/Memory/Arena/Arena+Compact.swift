// Compaction: slabs that few blocks are left in are marked as leaving, whoever knows the blocks moves them elsewhere, and
// the emptied slabs go back as pages. A leaving slab is in a list of its own, so that no new block goes into it.

extension Arena {
    /// Bytes of slabs and runs, whole. What is more than `usedBytes` is waste between blocks, which moving could win back.
    public var heldBytes: Int { heldPages << Arena.pageShift }

    /// Whether the block lies in a slab that is to be emptied.
    @inline(__always) public func isLeaving(_ handle: Handle) -> Bool {
        let page = handle.rawValue >> UInt32(Arena.pageShift &- granuleShift)
        precondition(page < frontier, "asking about a handle beyond the arena's frontier")
        return unsafe spans[Int(pageMap[Int(page)])].isLeaving
    }

    /// Marks as leaving those slabs of a heap whose blocks fit into the others of their class. Answers how many blocks
    /// have to move. Looks at 4096 slabs of each class at most: what is beyond comes with the next plan.
    public mutating func markLeaving(heap: Int) -> Int {
        precondition(heap < heapCount, "compacting a heap that does not exist")
        var blocks = 0
        for sizeClass in 0..<BlockSize.classCount { blocks += markLeaving(sizeClass, heap: heap) }
        return blocks
    }

    /// Takes the marks off the slabs that are not empty yet.
    public mutating func unmarkLeaving(heap: Int) {
        let leaving = leavingList(heap)
        while true {
            let index = unsafe lists[leaving]
            if index == Span.none { return }
            unlink(index, from: leaving)
            let span = unsafe spans + Int(index)
            unsafe span.pointee.isLeaving = false
            // A slab was not full when it was marked, and nothing has come into it since.
            link(index, into: listIndex(heap, unsafe Int(span.pointee.sizeClass)))
        }
    }

    func leavingList(_ heap: Int) -> Int { Arena.binCount &+ heap &* Arena.heapStride &+ Arena.runList &+ 1 }

    private static var slabsPerPlan: Int { 4096 }
    /// A slab that is fuller than seven eighths is not worth emptying.
    private static var gradeMax: Int { 28 }

    private mutating func markLeaving(_ sizeClass: Int, heap: Int) -> Int {
        let list = listIndex(heap, sizeClass)
        let capacity = slabCapacity(sizeClass)
        let survey = survey(list, capacity)
        let blockBytes = BlockSize.size(ofClass: sizeClass)
        let spanBytes = BlockSize.spanPages(ofClass: sizeClass) << Arena.pageShift
        guard survey.slabs > 1, survey.free * blockBytes >= 2 * spanBytes else { return 0 }
        // All slabs of the lower grades leave, and of the grade where room runs out as many as there is room for.
        var (moving, room, grade) = (0, survey.free, 0)
        while grade < Arena.gradeMax {
            let (slabs, used) = survey.grades[grade]
            if moving + used > room - (slabs * capacity - used) { break }
            moving += used
            room -= slabs * capacity - used
            grade += 1
        }
        var index = unsafe lists[list]
        for _ in 0..<survey.slabs where index != Span.none {
            let next = unsafe spans[Int(index)].next
            let used = unsafe Int(spans[Int(index)].blocksUsed)
            let own = Arena.grade(used, capacity)
            var leaves = own < grade
            if own == grade, grade < Arena.gradeMax, moving + used <= room - (capacity - used) {
                moving += used
                room -= capacity - used
                leaves = true
            }
            if leaves { leave(index, from: list, heap: heap) }
            index = next
        }
        return moving
    }

    private mutating func leave(_ index: UInt32, from list: Int, heap: Int) {
        unlink(index, from: list)
        unsafe spans[Int(index)].isLeaving = true
        link(index, into: leavingList(heap))
    }

    /// How full a slab is, in 32nds.
    private static func grade(_ used: Int, _ capacity: Int) -> Int { min(31, used * 32 / max(1, capacity)) }

    /// The slabs with room of a class: how many, their free blocks, and for each grade its slabs and their used blocks.
    private func survey(_ list: Int, _ capacity: Int)
        -> (slabs: Int, free: Int, grades: InlineArray<32, (slabs: Int, used: Int)>)
    {
        var grades = InlineArray<32, (slabs: Int, used: Int)>(repeating: (0, 0))
        var (slabs, free) = (0, 0)
        var index = unsafe lists[list]
        while index != Span.none && slabs < Arena.slabsPerPlan {
            let used = unsafe Int(spans[Int(index)].blocksUsed)
            grades[Arena.grade(used, capacity)].slabs += 1
            grades[Arena.grade(used, capacity)].used += used
            slabs += 1
            free += capacity - used
            index = unsafe spans[Int(index)].next
        }
        return (slabs, free, grades)
    }
}
