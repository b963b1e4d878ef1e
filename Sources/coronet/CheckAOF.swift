import ArgumentParser
import Node

/// `coronet check aof MANIFEST|FILE [--fix]`
struct CheckAOFCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aof", abstract: "Look through an append-only file.",
        discussion: """
            Takes the manifest of a log's folder, or one file. Says what each file holds and where it is damaged. With \
            --fix the files that a start would refuse, or cut, are cut behind their last whole record before the damage; \
            each is copied first, to a name ending in .backup. Exits 0 when everything is whole, or has been repaired.
            """)

    @Argument(help: "The manifest, or a file.") var file: String
    @Flag(help: "Cut what is behind the damage, keeping a copy.") var fix = false

    func run() throws {
        let remedy = "to cut what is behind the damage: coronet check aof \(file) --fix"
        try CheckCommand.perform(fix, remedy: remedy) { () throws(CheckFailure) in try LogCheck(file) }
    }
}
