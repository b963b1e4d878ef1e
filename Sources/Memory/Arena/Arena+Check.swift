extension Arena {
    /// What is wrong with the arena, in sentences; empty when nothing is. Visits every span and every free block.
    public func checkInvariants() -> [String] {
        var faults: [String] = []
        var (held, dirty, used, blocks) = (0, 0, 0, 0)
        var page: UInt32 = 1
        while page < frontier {
            let index = unsafe pageMap[Int(page)]
            let span = unsafe spans[Int(index)]
            if span.firstPage != page || span.pageCount == 0 {
                faults.append(
                    "page \(page) should begin a span, but the page map names span \(index), which does not begin there"
                )
                return faults
            }
            if unsafe pageMap[Int(page + span.pageCount) - 1] != index {
                faults.append("the last page of span \(index) is not marked as its own")
            }
            switch span.role {
            case .unused: faults.append("span \(index) covers pages but has no role")
            case .aside:
                if index != aside {
                    faults.append("span \(index) is set aside, but nobody will take it back")
                }
            case .free:
                dirty += Int(span.dirtyPages)
                if span.dirtyPages > span.pageCount {
                    faults.append("free run \(index) counts more dirty pages than it has pages")
                }
            case .run:
                held += Int(span.pageCount)
                used += Int(span.pageCount) << Arena.pageShift
                blocks += 1
            case .slab:
                held += Int(span.pageCount)
                used += Int(span.blocksUsed) * BlockSize.size(ofClass: Int(span.sizeClass))
                blocks += Int(span.blocksUsed)
                checkSlab(index, span, into: &faults)
            }
            page += span.pageCount
        }
        if page != frontier {
            faults.append("the spans end at page \(page), not at the frontier, page \(frontier)")
        }
        if held != heldPages {
            faults.append("the spans hold \(held) pages, but \(heldPages) are counted as held")
        }
        if dirty != dirtyPages {
            faults.append("the free runs have \(dirty) dirty pages, but \(dirtyPages) are counted")
        }
        if used != usedBytes {
            faults.append("the blocks take \(used) bytes, but \(usedBytes) are counted as used")
        }
        if blocks != blockCount { faults.append("there are \(blocks) blocks, but \(blockCount) are counted") }
        checkLists(into: &faults)
        return faults
    }

    /// A slab's used, fresh and freed blocks make up all of its blocks.
    private func checkSlab(_ index: UInt32, _ span: Span, into faults: inout [String]) {
        let sizeClass = Int(span.sizeClass)
        let capacity = slabCapacity(sizeClass)
        let first = span.firstPage << UInt32(Arena.pageShift - granuleShift)
        var freed = 0
        var next = span.freeHead
        while next != 0 && freed <= capacity {
            let offset = Int(next - 1) << granuleShift
            if offset % BlockSize.size(ofClass: sizeClass) != 0
                || offset >= Int(span.pageCount) << Arena.pageShift
            {
                faults.append("the free list of slab \(index) leaves its blocks")
                return
            }
            freed += 1
            // Unsafe: inside the slab, checked above.
            next = unsafe addresses.address(of: Handle(rawValue: first + next - 1)).load(as: UInt32.self)
        }
        if freed + Int(span.blocksFresh) + Int(span.blocksUsed) != capacity {
            faults.append(
                "slab \(index) has \(capacity) blocks, but \(span.blocksUsed) used, \(freed) freed and \(span.blocksFresh) fresh ones"
            )
        }
    }

    /// Every list holds spans of its kind, doubly linked.
    private func checkLists(into faults: inout [String]) {
        for list in 0..<Arena.binCount + heapCount * Arena.heapStride {
            var previous = Span.none
            var index = unsafe lists[list]
            while index != Span.none {
                let span = unsafe spans[Int(index)]
                if span.previous != previous {
                    faults.append("span \(index) in list \(list) is not linked back")
                }
                if list < Arena.binCount {
                    if span.role != .free || Arena.bin(forLength: span.pageCount) != list {
                        faults.append(
                            "span \(index) lies in bin \(list) of free runs, where it does not belong")
                    }
                } else if (list - Arena.binCount) / Arena.heapStride != Int(span.heap) {
                    faults.append("span \(index) lies in a list of another heap")
                }
                if list >= Arena.binCount,
                    span.isLeaving != ((list - Arena.binCount) % Arena.heapStride == Arena.runList + 1)
                {
                    faults.append("span \(index) lies in list \(list), but leaving is \(span.isLeaving)")
                }
                previous = index
                index = span.next
            }
        }
    }
}
