import ArgumentParser
import Doctor
import Node

/// `coronet doctor`: whether this machine is fit for a node, and what would make it so.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what a node needs of this machine.",
        discussion: """
            Looks at the kernel, limits, memory, processors and network that a node with this configuration would find \
            here, and says of each whether it is well, why it matters, and what to do. Changes nothing. Run it as the \
            user, and in the container or service, that the node is to run in. Exit status: 0 when nothing fails, 1 \
            otherwise.
            """)

    @Argument(help: "The node's configuration; without it, the defaults.", completion: .file())
    var file: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Say why it matters also where all is well.")
    var explain = false

    @Option(
        help: ArgumentHelp("Look at the limits of a running process instead of our own.", valueName: "pid"))
    var process: Int?

    func run() throws {
        let store: SettingsStore
        do throws(ConfigError) {
            store = try ConfigLoad.run(try CommandLineOptions(file.map { [$0] } ?? []))
        } catch {
            Terminal.fail(error.description)
        }
        let surroundings = Surroundings.read(process: process.map(String.init) ?? "self")
        let report = Report(Doctor.examine(surroundings, for: Settings(store)))
        Terminal.say(json ? report.json : report.text(explained: explain))
        throw ExitCode(report.exitCode)
    }
}
