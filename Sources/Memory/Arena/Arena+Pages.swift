// Runs of pages: taken from the free runs or the frontier, joined with their neighbours when they come back.

extension Arena {
    /// A span over `count` pages, role still open; nil where no free run is long enough.
    mutating func takePages(_ count: UInt32) -> UInt32? {
        if let index = takeFreeRun(count) { return index }
        if takeBackAside(), let index = takeFreeRun(count) { return index }
        guard count <= pageLimit - frontier else { return nil }
        stepOverPieceUnderWay(count)
        let index = newSpan(firstPage: frontier, pageCount: count)
        frontier += count
        mark(index)
        feeder.reached(Int(frontier) << Arena.pageShift)
        return index
    }

    /// Leaves out the pages up to the end of a huge page that is being made just now, if `count` pages from the frontier
    /// would meet it and there is room behind it.
    private mutating func stepOverPieceUnderWay(_ count: UInt32) {
        let start = Int(frontier) << Arena.pageShift
        let detour = feeder.order { $0.detour(from: start, to: start + Int(count) << Arena.pageShift) }
        guard let detour, let detour, aside == Span.none else { return }
        let end = UInt32(detour >> Arena.pageShift)
        guard end < pageLimit, count <= pageLimit - end else { return }
        aside = newSpan(firstPage: frontier, pageCount: end - frontier)
        unsafe spans[Int(aside)].role = .aside
        mark(aside)
        frontier = end
    }

    /// Makes the pages that were left out free when their huge page is there. Whether there were any.
    private mutating func takeBackAside() -> Bool {
        if aside == Span.none { return false }
        let end = unsafe Int(spans[Int(aside)].firstPage + spans[Int(aside)].pageCount) << Arena.pageShift
        if feeder.order({ $0.isWorking(onPieceTo: end) }) == true { return false }
        let index = aside
        aside = Span.none
        returnPages(index)
        return true
    }

    /// The shortest free run that is long enough: by exact length below 64 pages, then by powers of two.
    private mutating func takeFreeRun(_ count: UInt32) -> UInt32? {
        var bin = Arena.bin(forLength: count)
        if bin < 64 {
            let fitting = smallBins & (UInt64.max << UInt64(bin))
            bin = fitting != 0 ? fitting.trailingZeroBitCount : 64
        }
        if bin >= 64 {
            // In the bin of its own power of two a run may be too short; those above all fit.
            let own = Arena.bin(forLength: max(count, 64))
            var index = unsafe lists[own]
            while index != Span.none {
                if unsafe spans[Int(index)].pageCount >= count { return split(index, from: own, count) }
                index = unsafe spans[Int(index)].next
            }
            let fitting = largeBins & (UInt64.max << UInt64(own - 63))
            if fitting == 0 { return nil }
            bin = 64 + fitting.trailingZeroBitCount
        }
        let index = unsafe lists[bin]
        return split(index, from: bin, count)
    }

    /// Takes the first `count` pages of a free run; what remains stays free.
    private mutating func split(_ index: UInt32, from bin: Int, _ count: UInt32) -> UInt32 {
        unlinkFree(index, bin)
        let run = unsafe spans[Int(index)]
        let left = run.pageCount - count
        let leftDirty = run.dirtyPages > count ? run.dirtyPages - count : 0
        dirtyPages -= Int(run.dirtyPages - leftDirty)
        unsafe spans[Int(index)].pageCount = count
        unsafe spans[Int(index)].dirtyPages = 0
        mark(index)
        if left > 0 {
            let rest = newSpan(firstPage: run.firstPage + count, pageCount: left)
            unsafe spans[Int(rest)].role = .free
            unsafe spans[Int(rest)].dirtyPages = leftDirty
            mark(rest)
            linkFree(rest)
        }
        return index
    }

    /// Makes a span's pages free and joins them with free neighbours. The span is in no list.
    mutating func returnPages(_ index: UInt32) {
        var run = unsafe spans[Int(index)]
        run.dirtyPages = run.pageCount
        dirtyPages += Int(run.pageCount)
        let after = run.firstPage + run.pageCount
        if after < frontier {
            let next = unsafe pageMap[Int(after)]
            if unsafe spans[Int(next)].role == .free {
                unlinkFree(next, Arena.bin(forLength: unsafe spans[Int(next)].pageCount))
                run.dirtyPages += unsafe spans[Int(next)].dirtyPages
                run.pageCount += unsafe spans[Int(next)].pageCount
                dropSpan(next)
            }
        }
        if run.firstPage > 1 {
            let before = unsafe pageMap[Int(run.firstPage) - 1]
            if unsafe spans[Int(before)].role == .free {
                unlinkFree(before, Arena.bin(forLength: unsafe spans[Int(before)].pageCount))
                // The dirty pages are a run's first ones, so clean pages in front of dirty ones count as dirty.
                dirtyPages += unsafe Int(spans[Int(before)].pageCount - spans[Int(before)].dirtyPages)
                run.firstPage = unsafe spans[Int(before)].firstPage
                run.dirtyPages += unsafe spans[Int(before)].pageCount
                run.pageCount += unsafe spans[Int(before)].pageCount
                dropSpan(before)
            }
        }
        run.role = .free
        run.isLeaving = false
        unsafe spans[Int(index)] = run
        mark(index)
        linkFree(index)
    }

    /// Returns free pages to the kernel, the longest runs first, `pageMax` pages at most and a huge page's worth
    /// at a time (a smaller piece would break one up); answers how many may remain. `keeping` pages stay for reuse.
    @discardableResult
    public mutating func giveBack(atMost pageMax: Int, keeping: Int = 0) -> Int {
        var left = pageMax
        var bin = Arena.binCount - 1
        while bin > 0 && left > 0 && dirtyPages > keeping {
            var index = unsafe lists[bin]
            while index != Span.none && left > 0 && dirtyPages > keeping {
                left -= giveBackTail(of: index, atMost: left)
                index = unsafe spans[Int(index)].next
            }
            bin -= 1
        }
        return max(0, dirtyPages - keeping)
    }

    /// Returns the last dirty pages of a free run, from a huge page's border on.
    private mutating func giveBackTail(of index: UInt32, atMost pageMax: Int) -> Int {
        let run = unsafe spans[Int(index)]
        if run.dirtyPages == 0 { return 0 }
        let end = Int(run.firstPage) + Int(run.dirtyPages)
        let hugePages = Region.hugePageBytes >> Arena.pageShift
        let start = max(Int(run.firstPage), (end - min(end, pageMax)) & ~(hugePages - 1))
        region.giveBack(offset: start << Arena.pageShift, byteCount: (end - start) << Arena.pageShift)
        unsafe spans[Int(index)].dirtyPages -= UInt32(end - start)
        dirtyPages -= end - start
        return end - start
    }

    /// Has at most so many bytes of huge pages ready ahead of what is used.
    public mutating func prepare(atMost byteCount: Int) { feeder.leadMax = max(0, byteCount) }

    static func bin(forLength pages: UInt32) -> Int {
        // 64...127 -> 64, 128...255 -> 65, ...
        pages < 64 ? Int(pages) : 64 + (25 - Int(pages.leadingZeroBitCount))
    }
}
