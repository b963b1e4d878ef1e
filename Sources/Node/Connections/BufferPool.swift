import BasicContainers
import Wire

/// Buffers of one core, for replies and large requests, between two uses. Lives on one core.
///
/// Last in, first out, so that a few warm buffers do most of the work and the bottom of the pool shows what was needed
/// only in busier times: what has rested there for a whole round goes, down to a floor that costs nothing to keep,
/// and so does what is far larger than anything that was said in it.
///
/// Large buffers are kept too, within a budget. Given back to the allocator they would go back to the kernel, and a
/// reply of 64 KiB then costs more in page faults (17 of them) than in everything else.
struct BufferPool: ~Copyable {
    /// Buffers above this size are freed.
    static let capacityMax = 2 << 20
    /// Bytes kept at most, of a node without a limit.
    static let bytesMax = 16 << 20
    /// Bytes that are never trimmed.
    static let bytesNeverTrimmed = 512 << 10
    /// Buffers up to this size are never too large.
    static let capacityAlwaysWorth = 64 << 10
    /// Buffers kept at most.
    static let countMax = 1024

    private var buffers = UniqueArray<ByteBuffer>()
    /// Bytes of all buffers here.
    private(set) var bytes = 0
    /// The fewest buffers that lay here since the last trimming: so many were not needed.
    private var restedCount = 0
    /// The most bytes that one has come back with since then.
    private var usedMax = 0

    var count: Int { buffers.count }

    /// A buffer, empty but with room; nil if there is none here.
    @inline(__always)
    mutating func lend() -> ByteBuffer? {
        if buffers.isEmpty { return nil }
        let buffer = buffers.removeLast()
        bytes &-= buffer.capacity
        restedCount = min(restedCount, buffers.count)
        return buffer
    }

    /// Keeps a buffer for reuse, as long as there are no more than `bytesMax` of all, or frees it.
    @inline(__always)
    mutating func takeBack(_ buffer: consuming ByteBuffer, bytesMax: Int) {
        let capacity = buffer.capacity
        usedMax = max(usedMax, buffer.count)
        guard capacity <= Self.capacityMax, bytes &+ capacity <= bytesMax, buffers.count < Self.countMax
        else { return }
        buffer.removeAll(keepingCapacity: true)
        bytes &+= capacity
        buffers.append(buffer)
    }

    /// Frees what nobody has needed since the last call. Called once a round.
    mutating func trim() {
        defer { (restedCount, usedMax) = (buffers.count, 0) }
        guard bytes > Self.bytesNeverTrimmed else { return }
        let capacityWorth = max(Self.capacityAlwaysWorth, 2 * usedMax)
        var busy = UniqueArray<ByteBuffer>()
        while buffers.count > restedCount, let buffer = buffers.popLast() {
            if buffer.capacity > capacityWorth { bytes -= buffer.capacity } else { busy.append(buffer) }
        }
        while bytes > Self.bytesNeverTrimmed, let buffer = buffers.popLast() { bytes -= buffer.capacity }
        while let buffer = busy.popLast() { buffers.append(buffer) }
    }
}
