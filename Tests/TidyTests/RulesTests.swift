import Testing

/// A rule that never complains proves nothing: each is shown a bad sample.
@Suite struct RulesTests {
    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

    @Test func strippingKeepsCodeOnly() {
        let text = #"""
            let a = "x // \" y" // try!
            /* one /* two */ try! */ let b = #"try! "quoted" "# + c
            """#
        #expect(SourceFile(path: "Sources/Wire/A.swift", text: text).places(of: /try!|quoted|two/).isEmpty)
        #expect(SourceFile(path: "Sources/Wire/A.swift", text: text).places(of: /let b =.*\+ c/).count == 1)
    }

    @Test func anUpwardImport() {
        #expect(
            Rules.importsStayInBorders([file("Sources/Wire/A.swift", "import Glibc\nimport Keyspace\n")])
                == ["Sources/Wire/A.swift:2: Wire may not import Keyspace"])
        #expect(
            !Rules.importsStayInBorders([file("Sources/Commands/A.swift", "@testable import Node")]).isEmpty)
        #expect(
            !Rules.importsStayInBorders([file("Sources/Keyspace/A.swift", "import struct Wire.Slot")]).isEmpty
        )
        #expect(!Rules.importsStayInBorders([file("Sources/Attic/A.swift", "")]).isEmpty)
        #expect(Rules.importsStayInBorders([file("Sources/Wire/A.swift", "// import Node")]).isEmpty)
    }

    @Test func unsafeInTheWrongRoom() {
        let line = "let x = unsafe base.load()"
        #expect(Rules.unsafeStaysInItsRooms([file("Sources/Commands/A.swift", line)]).count == 1)
        #expect(Rules.unsafeStaysInItsRooms([file("Sources/Wire/Slot.swift", line)]).count == 1)
        #expect(Rules.unsafeStaysInItsRooms([file("Sources/Wire/ByteBuffer.swift", line)]).isEmpty)
        #expect(Rules.unsafeStaysInItsRooms([file("Sources/Memory/A.swift", line)]).isEmpty)
        #expect(Rules.unsafeStaysInItsRooms([file("Sources/Commands/A.swift", "// unsafe")]).isEmpty)
        #expect(Rules.unsafeListIsNeeded([file("Sources/Wire/ByteBuffer.swift", "let x = 1")]).count == 1)
    }

    @Test(arguments: [
        "import Foundation", "try! f()", "let x = y as! Int", "let x = y!.count", "f(x!)", "let x = y!",
        "a[0]![1]",
        "print(x)", "fatalError()", "preconditionFailure()", "Task { }", "await f()", "DispatchQueue.main",
        "sprintf(buffer)",
    ])
    func aBannedCall(line: String) {
        #expect(Rules.bannedCallsAreNotMade([file("Sources/Node/A.swift", line)]).count >= 1)
    }

    @Test(arguments: [
        "if a != b {}", "guard !x else {}", "let s = \"print(x)!\"", "// try! it", "f(!x)",
        "var fingerprint(x)",
        "func await(reply: Int)", "x ? !a : !b",
    ])
    func notABannedCall(line: String) {
        #expect(Rules.bannedCallsAreNotMade([file("Sources/Node/A.swift", line)]) == [])
    }

    @Test func aNoteToOneself() {
        for word in Rules.leftovers {
            #expect(Rules.nothingIsLeftOver([file("Sources/Node/A.swift", "// \(word): later")]).count == 1)
        }
        #expect(Rules.nothingIsLeftOver([file("Sources/Node/A.swift", "// HACKS aside, MAXXXL")]).isEmpty)
    }

    @Test func aLongFile() {
        let long = String(repeating: "let x = 1\n", count: Rules.linesMax + 1)
        #expect(Rules.filesAreShort([file("Sources/Node/A.swift", long)]).count == 1)
        #expect(Rules.filesAreShort([file("Sources/Node/A.swift", "let x = 1\n")]).isEmpty)
    }

    @Test func aModuleWithoutAWord() {
        #expect(
            Rules.modulesIntroduceThemselves([file("Sources/Wire/Slot.swift", "// a\n// b\n")]).count == 1)
        #expect(Rules.modulesIntroduceThemselves([file("Sources/Wire/Wire.swift", "import X\n")]).count == 1)
        #expect(Rules.modulesIntroduceThemselves([file("Sources/Wire/Wire.swift", "// a\n// b\n")]).isEmpty)
    }

    @Test func aFileThatNothingUses() {
        let user = file("Sources/Node/A.swift", "struct User { let slot: Slot }")
        let used = file("Sources/Node/B.swift", "struct Slot {}\nfunc alone(_ user: User) {}")
        let unused = file("Sources/Node/C.swift", "extension Slot { func nobodyCallsThis() {} }")
        #expect(
            Rules.filesAreUsed([user, used, unused])
                == [
                    "Sources/Node/A.swift", "Sources/Node/C.swift",
                ].map { "\($0): nothing that it declares is named elsewhere" }.filter {
                    !$0.contains("A.swift")
                })
        #expect(Rules.filesAreUsed([unused], by: ["x.nobodyCallsThis()"]).isEmpty)
    }

    @Test func aCommandWithoutTest() {
        let specs = file(
            "Sources/Commands/Table/Families/X.swift",
            """
            CommandSpec(.get, "get", 2)
                .summary("Reads.", "O(1)")
            CommandSpec(
                .nosuch, "nosuch", 2)
            """)
        #expect(
            Rules.commandsAreDocumentedAndTested([specs], replies: ["# x\nGET k\n"]) == [
                "Sources/Commands/Table/Families/X.swift: nosuch has no summary",
                "Sources/Commands/Table/Families/X.swift: nosuch is in no table of replies and in no end-to-end test",
            ])
    }
}
