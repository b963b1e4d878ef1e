import Testing

@testable import Memory

struct BlockSizeTests {
    @Test func spanIsThirtyTwoBytes() { #expect(MemoryLayout<Span>.stride == 32) }

    @Test func everyRequestFitsItsBlockWithinAnEighth() {
        for bytes in 0...200_000 {
            let size = BlockSize.rounding(bytes)
            #expect(size >= bytes && size % 8 == 0)
            #expect(size <= 16 || bytes <= 128 || Double(size - bytes) < Double(bytes) / 8 + 1)
            #expect(BlockSize.rounding(size) == size, "a block's own size asks for the same block")
            if bytes > BlockSize.slabMax { #expect(size % 4096 == 0) }
        }
    }

    @Test func classesAndSizesMatch() {
        for index in 0..<BlockSize.classCount {
            let size = BlockSize.size(ofClass: index)
            #expect(BlockSize.sizeClass(ofRounded: size) == index)
            #expect(BlockSize.rounding(size) == size)
            if index > 0 { #expect(BlockSize.rounding(BlockSize.size(ofClass: index - 1) + 1) == size) }
            let tail = BlockSize.spanPages(ofClass: index) * 4096 % size
            #expect(Double(tail) < Double(BlockSize.spanPages(ofClass: index) * 4096) * 0.11)
        }
        #expect(BlockSize.size(ofClass: BlockSize.classCount - 1) == BlockSize.slabMax)
    }
}
