// The doubly linked lists of spans: heads in `lists`, links in the spans.

extension Arena {
    mutating func link(_ index: UInt32, into list: Int) {
        // Unsafe: list numbers are below the region's size by construction, span numbers name live spans.
        let head = unsafe lists[list]
        unsafe spans[Int(index)].next = head
        unsafe spans[Int(index)].previous = Span.none
        if head != Span.none { unsafe spans[Int(head)].previous = index }
        unsafe lists[list] = index
    }

    mutating func unlink(_ index: UInt32, from list: Int) {
        let next = unsafe spans[Int(index)].next
        let previous = unsafe spans[Int(index)].previous
        if next != Span.none { unsafe spans[Int(next)].previous = previous }
        if previous != Span.none {
            unsafe spans[Int(previous)].next = next
        } else {
            unsafe lists[list] = next
        }
    }

    mutating func linkFree(_ index: UInt32) {
        let bin = unsafe Arena.bin(forLength: spans[Int(index)].pageCount)
        link(index, into: bin)
        if bin < 64 { smallBins |= 1 << UInt64(bin) } else { largeBins |= 1 << UInt64(bin - 64) }
    }

    mutating func unlinkFree(_ index: UInt32, _ bin: Int) {
        unlink(index, from: bin)
        if unsafe lists[bin] != Span.none { return }
        if bin < 64 { smallBins &= ~(1 << UInt64(bin)) } else { largeBins &= ~(1 << UInt64(bin - 64)) }
    }

    mutating func newSpan(firstPage: UInt32, pageCount: UInt32) -> UInt32 {
        let index: UInt32
        if spareSpan != Span.none {
            index = spareSpan
            spareSpan = unsafe spans[Int(index)].next
        } else {
            index = spanCount
            spanCount += 1
        }
        unsafe spans[Int(index)] = Span(firstPage: firstPage, pageCount: pageCount)
        return index
    }

    mutating func dropSpan(_ index: UInt32) {
        unsafe spans[Int(index)] = Span(next: spareSpan)
        spareSpan = index
    }

    /// Writes a span's number at its first and last page, where neighbours look for it.
    func mark(_ index: UInt32) {
        let span = unsafe spans[Int(index)]
        unsafe pageMap[Int(span.firstPage)] = index
        unsafe pageMap[Int(span.firstPage + span.pageCount) - 1] = index
    }
}
