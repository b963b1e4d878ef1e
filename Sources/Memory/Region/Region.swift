import CShims
import Glibc

/// A range of address space with nothing behind it until it is touched. Lives on one core.
///
/// Reserved whole at start (`MAP_NORESERVE`: the kernel promises nothing and charges nothing), so the arena over
/// it never moves and a handle is an offset.
@safe struct Region: ~Copyable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// Reserves at least `byteCount` bytes, or answers nil if the address space is refused. The base is aligned to
    /// `alignment`, a power of two.
    init?(
        byteCount: Int, alignment: Int = Region.hugePageBytes, numaNode: Int? = nil
    ) {
        precondition(byteCount > 0, "a region needs at least one byte")
        precondition(alignment & (alignment - 1) == 0, "a region's alignment must be a power of two")
        let byteCount = (byteCount + Region.pageBytes - 1) & ~(Region.pageBytes - 1)
        let wanted = byteCount + alignment
        // Unsafe: the kernel's answer is a bare address; it is ours alone until deinit.
        guard let raw = unsafe coronet_reserve(wanted) else { return nil }
        let misfit = Int(bitPattern: raw) & (alignment - 1)
        let head = misfit == 0 ? 0 : alignment - misfit
        if head > 0 { unsafe munmap(raw, head) }
        if alignment - head > 0 { unsafe munmap(raw + head + byteCount, alignment - head) }
        unsafe self.base = raw + head
        self.byteCount = byteCount
        // A hole that is touched must not cost its core a huge page's zeroing; see PageFeeder.
        unsafe madvise(base, byteCount, MADV_NOHUGEPAGE)
        if let numaNode { _ = unsafe coronet_prefer_node(base, byteCount, Int32(clamping: numaNode)) }
    }

    deinit {
        // Unsafe: unmaps what init mapped; the type is not copyable, so nobody else does.
        unsafe munmap(base, byteCount)
    }

    /// Gives the pages of a range back to the kernel; they read as zeros when touched again.
    func giveBack(offset: Int, byteCount count: Int) {
        precondition(
            offset >= 0 && count >= 0 && offset + count <= byteCount, "giving back beyond the region")
        // Unsafe: within the region, checked above.
        unsafe madvise(base + offset, count, MADV_DONTNEED)
    }

    static var hugePageBytes: Int { 2 << 20 }
    static var pageBytes: Int { 4096 }
}
