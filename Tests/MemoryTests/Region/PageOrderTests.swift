import Testing

@testable import Memory

struct PageOrderTests {
    private let piece = Region.hugePageBytes

    @Test func piecesAreMadeFromBeyondTheFrontierUpToWhatIsWanted() {
        let order = PageOrder(byteCount: 64 * piece)
        order.reach(1)
        #expect(order.beginPiece(from: 0) == nil, "nothing is wanted")
        order.want(4 * piece)
        var made: [Int] = []
        var next = 0
        while let offset = order.beginPiece(from: next) {
            made.append(offset / piece)
            order.endPiece()
            next = offset + piece
        }
        #expect(made == [2, 3], "the first two may be touched by the core at any time")
        order.want(100 * piece)
        order.reach(61 * piece)
        #expect(order.beginPiece(from: next) == 62 * piece, "not what the core has passed")
        order.endPiece()
        #expect(order.beginPiece(from: 63 * piece) == 63 * piece)
        order.endPiece()
        #expect(order.beginPiece(from: 64 * piece) == nil, "not beyond the region")
    }

    @Test func theCoreStepsOverThePieceUnderWay() {
        let order = PageOrder(byteCount: 64 * piece)
        order.want(8 * piece)
        #expect(order.detour(from: 0, to: piece) == nil, "nothing is under way")
        #expect(order.beginPiece(from: 0) == 2 * piece)
        #expect(order.detour(from: piece, to: 2 * piece) == nil, "up to it is fine")
        #expect(order.detour(from: piece, to: 2 * piece + 1) == 3 * piece)
        #expect(order.isWorking(onPieceTo: 3 * piece) && !order.isWorking(onPieceTo: 4 * piece))
        #expect(order.detour(from: 3 * piece - 1, to: 3 * piece) == 3 * piece)
        #expect(order.detour(from: 3 * piece, to: 4 * piece) == nil, "behind it is fine")
        order.endPiece()
        #expect(order.detour(from: piece, to: 3 * piece) == nil && !order.isWorking(onPieceTo: 3 * piece))
    }
}
