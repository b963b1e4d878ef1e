import Testing
import Wire

@testable import Bench

@Suite struct SlotTableTests {
    private func table(_ text: String, asked: String = "10.0.0.9") throws -> SlotTable? {
        SlotTable(try Reply(Array(text.utf8).span.raw), asked: asked)
    }

    private func range(_ first: Int, _ last: Int, _ host: String, _ port: Int) -> String {
        "*3\r\n:\(first)\r\n:\(last)\r\n*4\r\n\(host):\(port)\r\n$2\r\nid\r\n*0\r\n"
    }

    @Test func rangesOfSeveralServers() throws {
        let text =
            "*3\r\n" + range(0, 99, "$9\r\n127.0.0.1\r\n", 7000) + range(100, 16382, "$2\r\n::\r\n", 7001)
            + range(16383, 16383, "$9\r\n127.0.0.1\r\n", 7000)
        let table = try #require(try table(text))
        #expect(table.endpoints == [.init(host: "127.0.0.1", port: 7000), .init(host: "::", port: 7001)])
        #expect(table.owners[0] == 0 && table.owners[99] == 0 && table.owners[16383] == 0)
        #expect(table.owners[100] == 1 && table.owners[16382] == 1)
        #expect(table.isComplete)
    }

    @Test func aHostThatIsNotNamedIsTheOneThatWasAsked() throws {
        #expect(
            try table("*1\r\n" + range(0, 9, "$0\r\n\r\n", 1))?.endpoints == [
                .init(host: "10.0.0.9", port: 1)
            ])
        #expect(
            try table("*1\r\n" + range(0, 9, "$-1\r\n", 1))?.endpoints == [.init(host: "10.0.0.9", port: 1)])
    }

    @Test func slotsOfNobody() throws {
        let table = try #require(try table("*1\r\n" + range(5, 9, "$1\r\na\r\n", 1)))
        #expect(!table.isComplete)
        #expect(table.owners[4] == SlotTable.nobody && table.owners[5] == 0)
    }

    @Test(arguments: [
        "+OK\r\n", "*0\r\n", "*1\r\n:1\r\n", "*1\r\n*2\r\n:0\r\n:1\r\n",
        "*1\r\n*3\r\n:5\r\n:4\r\n*2\r\n$1\r\na\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\na\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:70000\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\n?\r\n:7000\r\n",
    ])
    func repliesThatAreNone(text: String) throws { #expect(try table(text) == nil) }

    @Test func whereAskPoints() {
        func endpoint(_ text: String) -> SlotTable.Endpoint? { .init(redirection: text, by: "10.0.0.9") }
        #expect(endpoint("ASK 3999 127.0.0.1:6381") == .init(host: "127.0.0.1", port: 6381))
        #expect(endpoint("ASK 3999 ::1:6381") == .init(host: "::1", port: 6381))
        #expect(endpoint("ASK 3999 :6381") == .init(host: "10.0.0.9", port: 6381))
        for text in [
            "ASK 1", "ASK 1 host", "ASK 1 host:", "ASK 1 host:0", "ASK 1 host:70000", "ASK 1 h:1 more",
        ] {
            #expect(endpoint(text) == nil, "\(text)")
        }
    }

    @Test func serversThatServeNothingAreAddedOnce() throws {
        var table = try #require(try table("*1\r\n" + range(0, 16383, "$1\r\na\r\n", 1)))
        table.add([.init(host: "a", port: 1), .init(host: "b", port: 2)])
        #expect(table.endpoints == [.init(host: "a", port: 1), .init(host: "b", port: 2)])
        #expect(table.owners.allSatisfy { $0 == 0 })
    }
}
