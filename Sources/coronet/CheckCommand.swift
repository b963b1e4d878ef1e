import ArgumentParser
import Node

/// `coronet check`: looks at the files that a node leaves behind, while no node uses them.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look at the files of a stopped node, and repair them.",
        subcommands: [CheckRDBCommand.self, CheckAOFCommand.self])
}

/// `coronet check rdb FILE [--fix]`
struct CheckRDBCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rdb", abstract: "Look through a snapshot file.",
        discussion: """
            Says what the file holds and where it is damaged. With --fix, what is whole takes its place; the file as it was \
            stays beside it. Exits 0 when the file is whole, or has been repaired.
            """)

    @Argument(help: "The file.") var file: String
    @Flag(help: "Keep what is whole.") var fix = false

    func run() throws {
        try CheckCommand.perform(fix, remedy: "to keep what is whole: coronet check rdb \(file) --fix") {
            () throws(CheckFailure) in try SnapshotCheck(file)
        }
    }
}

extension CheckCommand {
    /// Says what a check finds, or repairs it. Exit 1 when it has found damage and left it, or could not look.
    static func perform<Check: FileCheck>(
        _ fix: Bool, remedy: String, _ open: () throws(CheckFailure) -> Check
    ) throws {
        let check: Check
        do throws(CheckFailure) {
            check = try open()
            for line in check.lines { Terminal.say(line) }
            if fix {
                for line in try check.fix() { Terminal.say(line) }
                return
            }
        } catch {
            Terminal.fail("\(error)")
        }
        guard !check.isWhole else { return }
        Terminal.say(remedy)
        throw ExitCode(1)
    }
}
