import Testing

@testable import Reactor

@Suite struct ReceiveBuffersTests {
    @Test func theKernelIsGivenFewAndMoreWhereItNeedsThem() throws {
        var buffers = try ReceiveBuffers(count: 1024, size: 4096)
        #expect(buffers.published == ReceiveBuffers.allotmentMin)
        for _ in 0..<10 { buffers.grow() }
        #expect(buffers.published == buffers.allotment)
        #expect(buffers.allotment > 3 * ReceiveBuffers.allotmentMin)
        for _ in 0..<100 { buffers.grow() }
        #expect(buffers.published == 1024)
    }

    @Test func whatOneTurnTakesDecidesHowManyItKeeps() throws {
        var buffers = try ReceiveBuffers(count: 1024, size: 4096)
        for _ in 0..<100 { buffers.grow() }
        for _ in 0..<200 { buffers.take() }
        for index in 0..<200 { buffers.giveBack(BufferID(rawValue: UInt16(index))) }
        buffers.trim()
        #expect(buffers.allotment == 1024, "all were needed while it grew")
        for _ in 0..<200 { buffers.take() }
        for index in 0..<200 { buffers.giveBack(BufferID(rawValue: UInt16(index))) }
        buffers.trim()
        #expect(buffers.allotment == 400)
        // Those beyond it stay with the kernel until they come in a completion.
        #expect(buffers.published == 1024)
        for index in 0..<1024 {
            buffers.take()
            buffers.giveBack(BufferID(rawValue: UInt16(index)))
        }
        #expect(buffers.published == 400)
        #expect(buffers.onLoan == 0)
        buffers.trim()
        for _ in 0..<10 { buffers.trim() }
        #expect(buffers.allotment == ReceiveBuffers.allotmentMin)
    }

    @Test func memoryThatRestedForARoundGoesBack() throws {
        var buffers = try ReceiveBuffers(count: 256, size: 4096)
        let spare = 256 - ReceiveBuffers.allotmentMin
        #expect(buffers.coldCount == spare)
        for _ in 0..<100 { buffers.grow() }
        #expect(buffers.coldCount == 0)
        buffers.trim()
        buffers.trim()
        for index in 0..<256 {
            buffers.take()
            unsafe buffers.memory.storeBytes(of: 7, toByteOffset: index * 4096, as: UInt8.self)
            buffers.giveBack(BufferID(rawValue: UInt16(index)))
        }
        // In use since the last round; then not any more.
        buffers.trim()
        #expect(buffers.coldCount == 0)
        for _ in 0..<10 { buffers.trim() }
        #expect(buffers.coldCount == spare)
        let written = (0..<256).filter {
            unsafe buffers.memory.load(fromByteOffset: $0 * 4096, as: UInt8.self) == 7
        }
        #expect(written.count == ReceiveBuffers.allotmentMin)
    }
}
