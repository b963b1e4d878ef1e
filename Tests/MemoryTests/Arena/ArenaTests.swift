import TestSupport
import Testing

@testable import Memory

func makeArena(_ byteCount: Int, heaps: Int = 1) -> Arena {
    guard let arena = Arena(byteCount: byteCount, heaps: heaps, hugePages: false) else {
        preconditionFailure("no address space for a test's arena")
    }
    return arena
}

/// A block and the byte it is filled with.
struct Held {
    var handle: Handle
    var length: Int
    var pattern: UInt8
    var heap: Int

    func fill(_ arena: borrowing Arena) {
        // Unsafe: the block is allocated with this length.
        unsafe arena.addresses.address(of: handle).initializeMemory(
            as: UInt8.self, repeating: pattern, count: length)
    }

    /// Looks at both ends and at every 61st byte between.
    func isIntact(_ arena: borrowing Arena) -> Bool {
        let bytes = unsafe UnsafeRawBufferPointer(start: arena.addresses.address(of: handle), count: length)
        if unsafe length > 0 && bytes[length - 1] != pattern { return false }
        return stride(from: 0, to: length, by: 61).allSatisfy { unsafe bytes[$0] == pattern }
    }
}

/// The value, or a recorded issue. (`#require` takes calls apart, which a `~Copyable` shard or arena does not allow.)
func present<T>(_ value: T?, at location: SourceLocation = #_sourceLocation) throws -> T {
    try #require(value, sourceLocation: location)
}

struct ArenaTests {
    /// Blocks of all sizes come and go in three heaps; each keeps its pattern, so none overlap; the counts are exact; in
    /// the end nothing is left.
    @Test func blocksNeverOverlapAndAllComeBack() {
        let seed = UInt64.random(in: 1...1_000_000_000)
        print("arena: seed \(seed)")
        var dice = Dice(seed: seed)
        var arena = makeArena(256 << 20, heaps: 3)
        var held: [Held] = []
        var used = 0
        for round in 0..<40_000 {
            let growing = (round / 10_000) % 2 == 0
            if dice.below(10) < (growing ? 7 : 3) || held.isEmpty {
                let length: Int
                switch dice.below(50) {
                case 0: length = dice.below(2_000_000)
                case 1...5: length = dice.below(50_000)
                default: length = dice.below(300)
                }
                let heap = dice.below(3)
                guard let handle = arena.allocate(length, heap: heap) else { continue }
                let block = Held(handle: handle, length: length, pattern: UInt8(dice.below(256)), heap: heap)
                block.fill(arena)
                #expect(arena.heap(of: handle) == heap)
                used += arena.blockBytes(for: length)
                held.append(block)
            } else {
                let index = dice.below(held.count)
                held.swapAt(index, held.count - 1)
                let block = held.removeLast()
                #expect(block.isIntact(arena) == true, "a block lost its pattern")
                used -= arena.blockBytes(for: block.length)
                arena.free(block.handle)
            }
            if dice.below(2_000) == 0 { arena.giveBack(atMost: dice.below(5_000)) }
            if dice.below(3_000) == 0 {
                let heap = dice.below(3)
                for block in held where block.heap == heap { used -= arena.blockBytes(for: block.length) }
                held.removeAll { $0.heap == heap }
                arena.reset(heap: heap)
            }
            if round % 10_000 == 0 {
                #expect(arena.checkInvariants() == [])
                #expect(held.count { $0.isIntact(arena) } == held.count)
            }
            if arena.usedBytes != used {
                Issue.record("\(arena.usedBytes) bytes are counted, but \(used) are used")
                return
            }
        }
        for block in held {
            #expect(block.isIntact(arena) == true)
            arena.free(block.handle)
        }
        #expect(arena.usedBytes == 0 && arena.blockCount == 0)
        #expect(arena.checkInvariants() == [])
        for heap in 0..<3 { arena.reset(heap: heap) }
        #expect(arena.heldPages == 0, "all pages are free again")
        while arena.giveBack(atMost: 10_000) > 0 {}
        #expect(arena.committedBytes == 0)
        #expect(arena.checkInvariants() == [])
    }

    @Test func exhaustionIsNilAndHeals() throws {
        var arena = makeArena(2 << 20)
        var handles: [Handle] = []
        while let handle = arena.allocate(1_000) { handles.append(handle) }
        #expect(handles.count > 1_500)
        #expect(arena.allocate(100_000) == nil)
        #expect(arena.allocate(Int(UInt32.max) * 4096) == nil)
        #expect(arena.checkInvariants() == [])
        for handle in handles { arena.free(handle) }
        #expect(arena.usedBytes == 0)
        #expect(arena.allocate(1_500_000) != nil, "freed pages join to long runs")
        #expect(arena.checkInvariants() == [])
    }

    @Test func freedBlocksAreUsedAgainBeforeFreshOnes() throws {
        var arena = makeArena(1 << 20)
        let first = try present(arena.allocate(40))
        let second = try present(arena.allocate(40))
        #expect(first != second)
        arena.free(first)
        #expect(arena.allocate(33) == first)
        #expect(arena.allocate(0) != nil && arena.allocate(0) != Handle.none)
    }

    /// What was given back reads as zeros: the kernel really took it.
    @Test func givenBackPagesAreGone() throws {
        var arena = makeArena(64 << 20)
        let big = try present(arena.allocate(20 << 20))
        let held = Held(handle: big, length: 20 << 20, pattern: 0xAB, heap: 0)
        held.fill(arena)
        arena.free(big)
        let committed = arena.committedBytes
        #expect(committed >= 20 << 20)
        // In slices of at most 4 MiB.
        #expect(arena.giveBack(atMost: 1_024) > 0)
        #expect(arena.committedBytes >= committed - 5 << 20)
        while arena.giveBack(atMost: 1_024) > 0 {}
        #expect(arena.committedBytes == 0)
        let zeros = Held(handle: big, length: 20 << 20, pattern: 0, heap: 0)
        #expect(zeros.isIntact(arena) == true)
    }

    @Test func largeReservesCountLargerGranules() throws {
        #expect(makeArena(32 << 30).granuleBytes == 8)
        var wide = makeArena(64 << 30)
        #expect(wide.granuleBytes == 16)
        #expect(wide.blockBytes(for: 40) == 48)
        let handle = try present(wide.allocate(40))
        let block = Held(handle: handle, length: 40, pattern: 9, heap: 0)
        block.fill(wide)
        #expect(block.isIntact(wide) == true)
        #expect(wide.checkInvariants() == [])
    }

    @Test func theCheckerSeesAWrongCount() throws {
        var arena = makeArena(1 << 20)
        _ = arena.allocate(40)
        arena.count(8, blocks: 0)
        #expect(arena.checkInvariants() == ["the blocks take 40 bytes, but 48 are counted as used"])
    }

    @Test func freeingTwiceIsNoticedWhereItCanBe() async {
        await #expect(processExitsWith: .failure) {
            var arena = makeArena(1 << 20)
            guard let handle = arena.allocate(100_000) else { return }
            arena.free(handle)
            arena.free(handle)
        }
    }

    /// Blocks are freed at random, then those in slabs that are to be emptied move: the slabs come back as pages, the
    /// marks go, and every block keeps its pattern. Allocating and freeing go on in between.
    @Test func emptiedSlabsComeBack() throws {
        let seed = UInt64.random(in: 1...1_000_000_000)
        print("compaction of an arena: seed \(seed)")
        var dice = Dice(seed: seed)
        var arena = makeArena(256 << 20, heaps: 2)
        var held: [Held] = []
        func add(_ arena: inout Arena) throws {
            let (length, heap) = ([40, 200, 3_000][dice.below(3)], dice.below(2))
            let handle = try present(arena.allocate(length, heap: heap))
            held.append(Held(handle: handle, length: length, pattern: UInt8(dice.below(256)), heap: heap))
            held[held.count - 1].fill(arena)
        }
        for _ in 0..<30_000 { try add(&arena) }
        held.shuffle(using: &dice)
        for block in held[10_000...] { arena.free(block.handle) }
        held.removeSubrange(10_000...)
        let (heldBefore, used) = (arena.heldBytes, arena.usedBytes)
        let marked = [arena.markLeaving(heap: 0), arena.markLeaving(heap: 1)]
        #expect(marked.allSatisfy { $0 > 0 })
        #expect(arena.checkInvariants() == [])
        for index in held.indices where arena.isLeaving(held[index].handle) {
            let block = held[index]
            let moved = try present(arena.allocate(block.length, heap: block.heap))
            let isLeaving = arena.isLeaving(moved)
            #expect(!isLeaving)
            held[index].handle = moved
            held[index].fill(arena)
            arena.free(block.handle)
        }
        #expect(arena.usedBytes == used)
        #expect(arena.heldBytes < heldBefore / 2, "\(arena.heldBytes) of \(heldBefore)")
        #expect(arena.checkInvariants() == [])
        for _ in 0..<2_000 { try add(&arena) }
        // A pass that is given up: what was not moved stays and is used again.
        for block in held[6_000..<9_000] { arena.free(block.handle) }
        held.removeSubrange(6_000..<9_000)
        for heap in 0..<2 {
            _ = arena.markLeaving(heap: heap)
            arena.unmarkLeaving(heap: heap)
        }
        for block in held {
            let isWell = !arena.isLeaving(block.handle) && block.isIntact(arena)
            #expect(isWell)
        }
        #expect(arena.checkInvariants() == [])
        arena.reset(heap: 0)
        arena.reset(heap: 1)
        #expect(arena.usedBytes == 0 && arena.heldBytes == 0 && arena.checkInvariants() == [])
    }

    /// A heap that is given up while some of its slabs are to be emptied.
    @Test func aHeapGoesWithItsMarks() throws {
        var dice = Dice(seed: 3)
        var arena = makeArena(64 << 20)
        var blocks: [Handle] = []
        for _ in 0..<20_000 { blocks.append(try present(arena.allocate(100))) }
        for block in blocks where dice.below(4) > 0 { arena.free(block) }
        let marked = arena.markLeaving(heap: 0)
        #expect(marked > 0)
        arena.reset(heap: 0)
        #expect(arena.usedBytes == 0 && arena.checkInvariants() == [])
        _ = try present(arena.allocate(100))
        #expect(arena.checkInvariants() == [])
    }
}
