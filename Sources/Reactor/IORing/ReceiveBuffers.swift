import BasicContainers
import CShims
import Glibc
import Synchronization

/// The receive buffers of one ring, and the ring through which the kernel takes them. Lives on one core.
///
/// The kernel picks a buffer when bytes arrive, not when a receive is armed: ten thousand idle connections share
/// what a handful of busy ones need. A buffer is in one of four places: with the kernel, in a completion that
/// has not been seen, on loan to the loop, or spare.
///
/// **The kernel is given few.** It takes them in turn, the one that has rested longest first, so with a thousand of
/// 16 KiB every receive would write to memory that has left the processor's caches. It has its `allotment`, which grows by an
/// eighth when a socket finds no buffer, and shrinks to twice what one turn has taken at most; the spare ones lie on a
/// stack, and the memory of those that nobody needed for a round goes back. SET of 1 KiB over 50 connections takes 3 %
/// less CPU time so at pipeline 1, 11 % at 16.
///
///     ring:    | bufs[0] | bufs[1] | ... | bufs[count-1] |     16 bytes each; bytes 14-15 of bufs[0] hold the tail
///     memory:  | buffer 0 | buffer 1 | ... |                   `stride` apart
@safe
struct ReceiveBuffers: ~Copyable {
    /// Buffers in all: a power of two up to 32,768.
    let count: Int
    /// Bytes in one.
    let size: Int
    /// Bytes from one to the next.
    let stride: Int
    /// Buffers that the loop holds.
    private(set) var onLoan = 0
    /// Buffers that the kernel has, or that completions bring which have not been seen.
    private(set) var published = 0
    /// So many the kernel is to have.
    private(set) var allotment: Int
    /// The fewest that it has had since the last `trim`.
    private var publishedMin: Int
    /// The others, warm ones last; `coldCount` of them, at the bottom, have no memory behind them.
    private var spare = UniqueArray<UInt16>()
    private(set) var coldCount = 0
    /// The fewest spare ones since the last `trim`: so many were not needed.
    private var restedCount = 0

    // Unsafe because the kernel writes into `memory` and reads `ring`: both are mapped for the ring's life.
    // Every index is checked against `count`, every length against `size`.
    let memory: UnsafeMutableRawPointer
    private let memoryBytes: Int
    private let ring: UnsafeMutablePointer<io_uring_buf>
    private let ringBytes: Int
    private let sharedTail: UnsafeMutablePointer<Atomic<UInt16>>
    private var tail: UInt16 = 0
    private let mask: Int

    /// The only buffer group of a ring.
    static var group: UInt16 { 0 }
    /// The smallest allotment.
    static var allotmentMin: Int { 64 }
    /// Buffers at most that lose their memory in one call: some hundred microseconds.
    private static var cooledMax: Int { 64 }

    /// Maps the memory; nothing is resident before the kernel has used it.
    init(count: Int, size: Int) throws(RingError) {
        precondition(
            count > 0 && count <= 32_768 && count & (count - 1) == 0, "a buffer ring holds a power of two")
        let memoryBytes = count * size
        let ringBytes = count * MemoryLayout<io_uring_buf>.stride
        guard let memory = unsafe Self.map(memoryBytes), let ring = unsafe Self.map(ringBytes) else {
            throw RingError.noMemory(bytes: memoryBytes + ringBytes, errno: errno)
        }
        self.count = count
        self.size = size
        stride = size
        mask = count - 1
        self.memoryBytes = memoryBytes
        self.ringBytes = ringBytes
        unsafe self.memory = memory
        unsafe self.ring = ring.bindMemory(to: io_uring_buf.self, capacity: count)
        unsafe sharedTail = (ring + 14).bindMemory(to: Atomic<UInt16>.self, capacity: 1)
        allotment = min(count, Self.allotmentMin)
        publishedMin = allotment
        spare.reserveCapacity(count - allotment)
        for index in (allotment..<count).reversed() { spare.append(UInt16(index)) }
        (coldCount, restedCount) = (spare.count, spare.count)
        for index in 0..<allotment { publish(index) }
        unsafe sharedTail.pointee.store(tail, ordering: .releasing)
    }

    deinit {
        unsafe munmap(memory, memoryBytes)
        unsafe munmap(ring, ringBytes)
    }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let address = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        return unsafe address == MAP_FAILED ? nil : address
    }

    /// Where the kernel finds the ring: the argument of the registration.
    var registration: io_uring_buf_reg {
        var registration = io_uring_buf_reg()
        registration.ring_addr = unsafe UInt64(UInt(bitPattern: ring))
        registration.ring_entries = UInt32(count)
        registration.bgid = Self.group
        return registration
    }

    /// A completion carried a buffer: it is the loop's until `giveBack`.
    @inline(__always)
    mutating func take() {
        onLoan &+= 1
        published &-= 1
        publishedMin = min(publishedMin, published)
    }

    /// Hands a buffer to the kernel again, or keeps it where the kernel has enough.
    @inline(__always)
    mutating func giveBack(_ buffer: BufferID) {
        precondition(Int(buffer.rawValue) < count, "no such receive buffer")
        precondition(onLoan > 0, "a receive buffer is given back once")
        onLoan &-= 1
        guard published < allotment else { return spare.append(buffer.rawValue) }
        publish(Int(buffer.rawValue))
        unsafe sharedTail.pointee.store(tail, ordering: .releasing)
    }

    /// A socket has found no buffer: the kernel gets more, as far as there are any.
    mutating func grow() {
        allotment = min(count, allotment + max(1, allotment / 8))
        while published < allotment, !spare.isEmpty {
            publish(Int(spare.removeLast()))
            restedCount = min(restedCount, spare.count)
            coldCount = min(coldCount, spare.count)
        }
        unsafe sharedTail.pointee.store(tail, ordering: .releasing)
    }

    /// Takes back what the kernel has not needed since the last call, as it comes, and gives memory of spare buffers that
    /// nobody has needed to the system.
    mutating func trim() {
        let taken = allotment - publishedMin
        allotment = max(min(count, Self.allotmentMin), min(allotment, 2 * taken))
        publishedMin = min(published, allotment)
        let end = min(restedCount, coldCount + Self.cooledMax)
        if stride % Int(getpagesize()) == 0 {
            while coldCount < end {
                unsafe madvise(memory + Int(spare[coldCount]) * stride, stride, MADV_DONTNEED)
                coldCount += 1
            }
        }
        restedCount = spare.count
    }

    private mutating func publish(_ index: Int) {
        published &+= 1
        // Field by field: the tail lies in the `resv` of entry 0, which must not be overwritten.
        let entry = unsafe ring + (Int(tail) & mask)
        unsafe entry.pointee.addr = UInt64(UInt(bitPattern: memory + index &* stride))
        unsafe entry.pointee.len = UInt32(size)
        unsafe entry.pointee.bid = UInt16(index)
        tail &+= 1
    }

    /// The bytes that the kernel wrote into a buffer.
    @_lifetime(borrow self)
    @inline(__always)
    func bytes(of buffer: BufferID, count bytes: Int) -> RawSpan {
        precondition(Int(buffer.rawValue) < count, "no such receive buffer")
        precondition(bytes >= 0 && bytes <= size, "more bytes than a receive buffer holds")
        let start = unsafe UnsafeRawPointer(memory + Int(buffer.rawValue) &* stride)
        return unsafe _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: bytes), borrowing: self)
    }
}
