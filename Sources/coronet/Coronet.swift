/// The program. One binary, a subcommand for each thing it can be; this target only reads command lines and hands
/// over to the modules.
import ArgumentParser
import Node

@main
struct Coronet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coronet",
        abstract: "A distributed in-memory cache that speaks Redis's protocol.",
        version: "coronet \(NodeProgram.version)",
        subcommands: [NodeCommand.self, CheckCommand.self, DoctorCommand.self, BenchCommand.self])
}
