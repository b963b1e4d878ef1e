import Glibc
import Testing

@testable import Durability

@Suite struct RecoveryTests {
    /// The rows of the table in Recovery.md, cells without blanks around them.
    private func table() throws -> [[String]] {
        let here = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let path = "/\(here)/Sources/Durability/Recovery/Recovery.md"
        let file = try #require(unsafe fopen(path, "r"))
        defer { unsafe fclose(file) }
        var text: [UInt8] = []
        while true {
            let byte = unsafe fgetc(file)
            if byte < 0 { break }
            text.append(UInt8(byte))
        }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        return lines.filter { $0.hasPrefix("| ") }.dropFirst().map { line in
            line.split(separator: "|").map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
    }

    private func fits(_ cell: String, _ value: String) -> Bool {
        cell == "*" || cell.split(separator: "/").contains { $0 == value }
    }

    @Test func everyCombinationHasTheOutcomeOfItsRow() throws {
        let rows = try table()
        #expect(rows.count >= 14)
        var seen: Set<String> = []
        var combinations = 0
        for wantsLog in [false, true] {
            for loadsTruncated in [false, true] {
                for snapshot in RecoveryFindings.Snapshot.allCases {
                    for log in RecoveryFindings.Log.allCases {
                        for base in RecoveryFindings.Base.allCases {
                            for increments in RecoveryFindings.Increments.allCases {
                                let findings = RecoveryFindings(
                                    wantsLog: wantsLog, loadsTruncated: loadsTruncated,
                                    snapshot: snapshot, log: log, base: base, increments: increments)
                                let cells = [
                                    wantsLog ? "yes" : "no", log.rawValue, base.rawValue,
                                    increments.rawValue, loadsTruncated ? "yes" : "no",
                                    snapshot.rawValue,
                                ]
                                let row = try #require(
                                    rows.first { row in
                                        zip(row[1...6], cells).allSatisfy { fits($0, $1) }
                                    })
                                let decision = findings.decision
                                #expect(row[0] == String(decision.row), "\(findings)")
                                #expect(row[7] == decision.outcome.rawValue, "\(findings)")
                                seen.insert(row[0])
                                combinations += 1
                            }
                        }
                    }
                }
            }
        }
        #expect(combinations == 2 * 2 * 3 * 6 * 4 * 4)
        #expect(seen.count == 15, "every row is reached")
    }
}
