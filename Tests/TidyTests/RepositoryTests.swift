import Testing

/// The rules, held against this repository. A failure lists every complaint.
@Suite struct RepositoryTests {
    private let tree = SourceTree.repository

    private func expectNone(_ complaints: [String], _ location: SourceLocation = #_sourceLocation) {
        for complaint in complaints { Issue.record("\(complaint)", sourceLocation: location) }
    }

    @Test func theSourcesAreFound() {
        #expect(tree.sources.count > 20)
        #expect(tree.sources.contains { $0.path == "Sources/Node/Node.swift" })
    }

    @Test func importsStayInBorders() { expectNone(Rules.importsStayInBorders(tree.sources)) }
    @Test func unsafeStaysInItsRooms() { expectNone(Rules.unsafeStaysInItsRooms(tree.sources)) }
    @Test func unsafeListIsNeeded() { expectNone(Rules.unsafeListIsNeeded(tree.sources)) }
    @Test func bannedCallsAreNotMade() { expectNone(Rules.bannedCallsAreNotMade(tree.sources)) }
    @Test func nothingIsLeftOver() { expectNone(Rules.nothingIsLeftOver(tree.sources)) }
    @Test func filesAreShort() { expectNone(Rules.filesAreShort(tree.sources)) }
    @Test func modulesIntroduceThemselves() { expectNone(Rules.modulesIntroduceThemselves(tree.sources)) }
    @Test func filesAreUsed() {
        expectNone(Rules.filesAreUsed(tree.sources, by: Array(tree.others.values)))
    }

    @Test func commandsAreDocumentedAndTested() {
        expectNone(
            Rules.commandsAreDocumentedAndTested(
                tree.sources.filter { $0.path.contains("/Table/Families/") },
                replies: tree.others.filter { $0.key.hasPrefix("Tests/EndToEnd/") }.map(\.value)))
    }
}
