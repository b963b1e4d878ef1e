/// Words that read as zero until they are written; pages nobody writes cost nothing. Lives on one core.
@safe public struct BlankSheet: ~Copyable {
    private let region: Region
    private let words: UnsafeMutablePointer<UInt32>
    /// How many words.
    public let count: Int

    /// So many words; nil where the kernel refuses the address space.
    public init?(words count: Int) {
        precondition(count > 0, "a sheet has at least one word")
        guard let region = Region(byteCount: count * 4, alignment: Region.pageBytes) else { return nil }
        // Unsafe: fresh pages are zero, which is a valid UInt32; the region lives as long as self.
        unsafe words = region.base.bindMemory(to: UInt32.self, capacity: count)
        self.region = region
        self.count = count
    }

    /// The word at an index.
    public subscript(index: Int) -> UInt32 {
        get {
            precondition(index >= 0 && index < count, "a word beyond the sheet")
            return unsafe words[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "a word beyond the sheet")
            unsafe words[index] = newValue
        }
    }
}
