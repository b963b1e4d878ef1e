/// What the house asks of its sources. Each rule is a function from sources to complaints in sentences; each has a
/// test over the repository and one that feeds it a bad sample.
enum Rules {
    /// Who may import whom: the table of the architecture. Modules of the toolchain are listed with their users.
    static let imports: [String: Set<String>] = [
        "Memory": ["CShims", "Glibc", "Synchronization"],
        "Wire": ["Glibc"],
        "Reactor": ["CShims", "Memory", "BasicContainers", "Glibc", "Synchronization"],
        "Keyspace": ["Memory", "Glibc"],
        "Commands": ["Durability", "Keyspace", "Wire", "Glibc"],
        "Durability": ["Keyspace", "Wire", "CShims"],
        "Node": [
            "Durability", "Commands", "Keyspace", "Wire", "Reactor", "Memory", "CShims", "Logging", "Glibc",
            "Synchronization",
            "BasicContainers",
        ],
        "Doctor": ["Node", "Reactor"],
        "Bench": ["Wire", "Reactor", "BasicContainers", "Histogram", "Glibc", "Synchronization"],
        "coronet": ["Node", "Doctor", "Bench", "ArgumentParser", "Logging", "Glibc"],
    ]

    /// Arrows point down only.
    static func importsStayInBorders(_ sources: [SourceFile]) -> [String] {
        sources.flatMap { file -> [String] in
            guard let allowed = imports[file.module] else {
                return ["\(file.path): module \(file.module) is not in the table of the architecture"]
            }
            return file.code.enumerated().compactMap { index, line in
                guard let imported = importedModule(line) else { return nil }
                return allowed.contains(imported) || imported == file.module
                    ? nil : "\(file.path):\(index + 1): \(file.module) may not import \(imported)"
            }
        }
    }

    /// The module that a line imports, attributes and single declarations aside.
    private static func importedModule(_ line: String) -> String? {
        let start = line.utf8.drop { $0 == UInt8(ascii: " ") }
        guard ["import ", "@", "public import "].contains(where: { start.starts(with: $0.utf8) }) else {
            return nil
        }
        let words = words(line)
        guard let place = words.firstIndex(of: "import") else { return nil }
        let kinds: Set = ["struct", "class", "enum", "func", "let", "var", "typealias", "protocol"]
        return words[(place + 1)...].first { !kinds.contains($0) }
    }

    /// Where `unsafe` may stand: whole modules, and single files with the reason.
    static let unsafeModules: Set<String> = ["Memory", "Reactor", "Keyspace"]
    static let unsafeFiles: [String: String] = [
        "Wire/ByteBuffer.swift": "the one growable buffer under everything that is written",
        "Node/Settings/ConfigFiles.swift": "system calls that take paths and buffers",
        "Node/Logging/LogSink.swift": "system calls that take paths and buffers",
        "Node/Process/Pipe.swift": "pipe(2) fills two integers",
        "Node/Process/Signals.swift": "signal sets are C structs",
        "Node/Process/ServiceManager.swift": "getenv(3), and a datagram from arrays",
        "Node/Program/Semaphore.swift": "a semaphore of the C library must not move",
        "Node/Server/ProcessReport.swift": "getrusage(2), getrlimit(2) and their like fill structs",
        "Node/Server/WallClock.swift": "clock_gettime(2) fills a struct",
        "Node/Program/Doors.swift": "unlink(2) of the Unix socket",
        "Node/Core/Core+Flush.swift": "a reply buffer is lent to the ring until its send is over",
        "Node/AppendLog/Core+WriteLog.swift": "a batch is lent to the ring until it is written",
        "Node/Core/NodeContext.swift": "clock_gettime(2) at the start",
        "Node/Connections/SocketAddress.swift": "the shim writes an address into a string",
        "Node/Program/Settings+Core.swift": "clock_gettime(2) at the start",
        "Node/Hops/HopBatch.swift": "handed from core to core, owned by one at a time",
        "Node/Ordering/MultiCall.swift": "handed from core to core, owned by one at a time",
        "Node/Control/ControlCall.swift": "handed from core to core, owned by one at a time",
        "Node/Clients/Monitor.swift": "handed from core to core, owned by one at a time",
        "coronet/Terminal.swift": "write(2) before there is a log",
        "Bench/Generator/GeneratorCore+Send.swift":
            "a lane's batch is lent to the ring until its send is over",
        "Bench/Program/Conversation.swift": "a question is lent to the ring until its socket is closed",
        "Bench/Program/BenchProgram.swift": "clock_gettime(2) fills a struct",
        "Bench/Program/Watch.swift": "clock_gettime(2) fills a struct",
        "Bench/Program/Interrupts.swift": "signal sets are C structs",
        "Bench/Program/Output.swift": "system calls that take paths and buffers",
        "Durability/RDB/LZF.swift": "liblzf takes addresses",
        "Durability/RDB/CRC64.swift": "the shim of the processor's instruction takes an address",
        "Node/Persistence/Core+Snapshot.swift": "a chunk is lent to the ring until it is written",
        "Node/Persistence/SnapshotCheck.swift": "system calls that take paths and buffers",
    ]

    static func unsafeStaysInItsRooms(_ sources: [SourceFile]) -> [String] {
        sources.filter {
            !unsafeModules.contains($0.module) && unsafeFiles["\($0.module)/\($0.pathInModule)"] == nil
        }
        .flatMap { $0.places(of: /\bunsafe\b|@unchecked/) }
        .map { "\($0): unsafe code belongs into Memory, Reactor, Keyspace or a file listed with its reason" }
    }

    /// A listed file that needs no `unsafe` any more leaves the list.
    static func unsafeListIsNeeded(_ sources: [SourceFile]) -> [String] {
        unsafeFiles.keys.sorted().filter { listed in
            guard let file = sources.first(where: { "\($0.module)/\($0.pathInModule)" == listed }) else {
                return false
            }
            return file.places(of: /\bunsafe\b|@unchecked/).isEmpty
        }.map { "\($0): listed as unsafe, but is not" }
    }

    /// Calls that are not made, with what takes their place.
    private static var banned: [(pattern: Regex<Substring>, instead: String)] {
        [
            (/\bimport Foundation\b/, "the standard library or Glibc"),
            (/\bimport Dispatch\b/, "a core's turn, or a thread for what may block"),
            (/\btry!/, "do/catch, or try? with a reason"),
            (/\bas!/, "as? and a value for the other case"),
            (/[\w\)\]]!(?:[\.\)\],;\[]|\s*$)/, "guard let, or a precondition with a sentence"),
            (/\bprint\(/, "the logger, or a reply"),
            (/\bfatalError\(/, "preconditionFailure with a sentence"),
            (/\bpreconditionFailure\(\)/, "a sentence that says what is broken"),
            (
                /\bDispatchQueue\b|\bTask ?\{|\bawait +[A-Za-z_]/,
                "the core's own loop: the engine has no async"
            ),
            (/\bstrcpy\(|\bsprintf\(/, "Span and ByteBuffer"),
            (/-Ounchecked/, "-O: safety is affordable"),
        ]
    }

    static func bannedCallsAreNotMade(_ sources: [SourceFile]) -> [String] {
        sources.flatMap { file in
            banned.flatMap { rule in
                file.places(of: rule.pattern).map { "\($0): use \(rule.instead) instead" }
            }
        }
    }

    /// Notes to oneself are finished before they are committed. (Split, so that this file is no find.)
    static let leftovers = ["FIX" + "ME", "TO" + "DO", "XX" + "X", "HA" + "CK"]

    static func nothingIsLeftOver(_ sources: [SourceFile]) -> [String] {
        sources.flatMap { file in
            file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                leftovers.first { word in
                    line.ranges(of: word).contains { range in
                        !isLetter(line, before: range.lowerBound) && !isLetter(line, at: range.upperBound)
                    }
                }.map { "\(file.path):\(index + 1): \($0) left over" }
            }
        }
    }

    private static func isLetter(_ line: Substring, before index: Substring.Index) -> Bool {
        index > line.startIndex && line[line.index(before: index)].isLetter
    }

    private static func isLetter(_ line: Substring, at index: Substring.Index) -> Bool {
        index < line.endIndex && line[index].isLetter
    }

    /// Beyond this a file wants to be a folder.
    static let linesMax = 600

    static func filesAreShort(_ sources: [SourceFile]) -> [String] {
        sources.filter { $0.code.count > linesMax }.map {
            "\($0.path): \($0.code.count) lines; \(linesMax) are enough: look for its second verb"
        }
    }

    /// A module's main file opens with what lives there and whose core it is.
    static let mainFiles: [String: String] = ["coronet": "Coronet.swift", "Reactor": "RingDriver.swift"]

    static func modulesIntroduceThemselves(_ sources: [SourceFile]) -> [String] {
        Set(sources.map(\.module)).sorted().compactMap { module in
            let name = mainFiles[module] ?? "\(module).swift"
            guard let file = sources.first(where: { $0.module == module && $0.pathInModule == name }) else {
                return "Sources/\(module): there is no \(name) to say what lives there"
            }
            let comment = file.text.split(separator: "\n").prefix { $0.hasPrefix("//") }
            return comment.count >= 2
                ? nil : "\(file.path): should open with two lines or more on what lives there"
        }
    }

    /// A file is needed when another file names something that it declares.
    static func filesAreUsed(_ sources: [SourceFile], by others: [String] = []) -> [String] {
        let words = sources.map { file in Set(file.code.flatMap(Rules.words)) }
        let outside = Set(others.flatMap(Rules.words))
        return sources.enumerated().compactMap { index, file in
            let names = declaredNames(file)
            if names.isEmpty || file.code.contains(where: { $0.contains("@main") }) { return nil }
            let isUsed =
                !names.isDisjoint(with: outside)
                || words.enumerated().contains { $0.offset != index && !names.isDisjoint(with: $0.element) }
            return isUsed ? nil : "\(file.path): nothing that it declares is named elsewhere"
        }
    }

    /// The identifiers in a text. By hand: a regular expression takes seconds for a repository in a debug build.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in Array(text.utf8) + [0] {
            if isWordByte[Int(byte)] {
                word.append(byte)
            } else if !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word.removeAll(keepingCapacity: true)
            }
        }
        return words
    }

    private static let isWordByte: [Bool] = (0..<256).map { byte in
        byte >= 128 || UnicodeScalar(UInt8(byte)).properties.isIDContinue
    }

    /// What a file declares at its top level or as a member; not the names inside its functions.
    private static func declaredNames(_ file: SourceFile) -> Set<String> {
        let introducers: Set = [
            "func", "struct", "class", "enum", "protocol", "typealias", "var", "let", "case",
        ]
        return Set(
            file.code.filter { $0.prefix { $0 == " " }.count <= 4 }.flatMap { line in
                let words = words(line)
                return zip(words, words.dropFirst()).filter { introducers.contains($0.0) }.map(\.1)
            })
    }

    /// Every command: a spec with a summary, a line in the documented replies, and so a test that runs it.
    ///
    /// The specs are read as text, so that this rule needs no module of the house.
    static func commandsAreDocumentedAndTested(_ specs: [SourceFile], replies: [String]) -> [String] {
        let firstWords = Set(
            replies.flatMap { $0.split(separator: "\n") }.flatMap { line in
                words(String(line)).prefix(3).map { $0.lowercased() }
            })
        return specs.flatMap { file -> [String] in
            let declarations = file.text.ranges(of: /\bCommandSpec\(\s*\.\w+/)
            return declarations.enumerated().flatMap { index, range -> [String] in
                let end =
                    index + 1 < declarations.count ? declarations[index + 1].lowerBound : file.text.endIndex
                let declaration = file.text[range.lowerBound..<end]
                guard let name = declaration.firstMatch(of: /"([a-z_]+)"/)?.output.1 else { return [] }
                var complaints: [String] = []
                if !declaration.contains(".summary(") {
                    complaints.append("\(file.path): \(name) has no summary")
                }
                if !firstWords.contains(String(name)) {
                    complaints.append(
                        "\(file.path): \(name) is in no table of replies and in no end-to-end test")
                }
                return complaints
            }
        }
    }
}
