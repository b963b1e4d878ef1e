import Testing

@testable import Node

@Suite struct LoadFiguresTests {
    private func figures(_ done: Int, of total: Int, after seconds: Int64) -> LoadFigures {
        LoadFigures(startedSeconds: 100, bytesTotal: total, bytesLoaded: done, nowSeconds: 100 + seconds)
    }

    @Test func whatIsLeftTakesAsLongAsWhatWas() {
        #expect(figures(250, of: 1000, after: 10).secondsLeft == 30)
        #expect(figures(250, of: 1000, after: 10).percent == 25)
        #expect(figures(999, of: 1000, after: 10).secondsLeft == 1)
        #expect(figures(1000, of: 1000, after: 10).secondsLeft == 0)
    }

    @Test func theBeginningKnowsNothing() {
        #expect(figures(0, of: 1000, after: 0).secondsLeft == 1)
        #expect(figures(0, of: 1 << 50, after: 3600).secondsLeft > 0)
        #expect(figures(0, of: 0, after: 5).percent == 0)
    }

    @Test func moreThanAllIsAll() {
        #expect(figures(1200, of: 1000, after: 10).bytesLoaded == 1000)
    }
}
