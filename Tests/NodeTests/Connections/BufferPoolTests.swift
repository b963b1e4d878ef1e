import Testing
import Wire

@testable import Node

@Suite struct BufferPoolTests {
    private func buffer(_ capacity: Int) -> ByteBuffer { ByteBuffer(capacity: capacity) }

    @Test func theLastOneBackIsTheFirstLentAndComesEmpty() {
        var pool = BufferPool()
        pool.takeBack(buffer(100), bytesMax: 1000)
        var used = buffer(200)
        used.append("old" as StaticString)
        pool.takeBack(used, bytesMax: 1000)
        let (count, bytes) = (pool.count, pool.bytes)
        #expect(count == 2 && bytes == 300)
        guard let lent = pool.lend() else {
            Issue.record("nothing was lent")
            return
        }
        let (capacity, isEmpty) = (lent.capacity, lent.isEmpty)
        #expect(capacity == 200 && isEmpty)
        let left = pool.bytes
        #expect(left == 100)
    }

    @Test func theBudgetHolds() {
        var pool = BufferPool()
        pool.takeBack(buffer(600), bytesMax: 1000)
        pool.takeBack(buffer(600), bytesMax: 1000)
        pool.takeBack(buffer(BufferPool.capacityMax + 1), bytesMax: .max)
        let (count, bytes) = (pool.count, pool.bytes)
        #expect(count == 1 && bytes == 600)
    }

    @Test func whatRestsForARoundGoes() {
        var pool = BufferPool()
        for _ in 0..<8 { pool.takeBack(buffer(1 << 20), bytesMax: .max) }
        pool.trim()
        // Two of them are at work in this round.
        for _ in 0..<3 {
            var first = pool.lend() ?? ByteBuffer()
            var second = pool.lend() ?? ByteBuffer()
            first.append(0, repeating: 600_000)
            second.append(0, repeating: 600_000)
            pool.takeBack(first, bytesMax: .max)
            pool.takeBack(second, bytesMax: .max)
        }
        pool.trim()
        let busy = pool.count
        #expect(busy == 2)
        pool.trim()
        let idle = pool.bytes
        #expect(idle <= BufferPool.bytesNeverTrimmed)
    }

    @Test func aLargeBufferThatOnlySmallRepliesUseGoes() {
        var pool = BufferPool()
        pool.takeBack(buffer(1 << 20), bytesMax: .max)
        for said in [600_000, 100, 100] {
            guard var lent = pool.lend() else { break }
            lent.append(UInt8(ascii: "x"), repeating: said)
            pool.takeBack(lent, bytesMax: .max)
            pool.trim()
            let left = pool.bytes
            #expect(left == (said > 100 ? 1 << 20 : 0))
        }
    }
}
