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
        let check: SnapshotCheck
        do throws(CheckFailure) {
            check = try SnapshotCheck(file)
            for line in check.lines { Terminal.say(line) }
            if fix {
                for line in try check.fix() { Terminal.say(line) }
                return
            }
        } catch {
            Terminal.fail("\(error)")
        }
        guard !check.isWhole else { return }
        Terminal.say("to keep what is whole: coronet check rdb \(file) --fix")
        throw ExitCode(1)
    }
}
