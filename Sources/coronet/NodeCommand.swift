import ArgumentParser
import Glibc
import Logging
import Node

/// `coronet node`: one server. Its options are the configuration's directives, read with Redis's rules, so they pass
/// through ArgumentParser untouched.
struct NodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Run a cache node.",
        usage: "coronet node [redis.conf | -] [--directive value ...] [--check-config] [--help] [--version]")

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

    func run() throws {
        // Before any thread starts, since threads inherit the mask.
        Signals.block()
        let store: SettingsStore
        do throws(ConfigError) {
            let line = try CommandLineOptions(arguments)
            if line.switches.contains(.help) { return NodeCommand.say(DirectiveHelp.text) }
            if line.switches.contains(.version) { return NodeCommand.say("coronet \(NodeProgram.version)") }
            store = try ConfigLoad.run(line)
            if line.switches.contains(.checkConfig) {
                for note in store.notes() { NodeCommand.say(note) }
                return NodeCommand.say("configuration is valid")
            }
        } catch {
            NodeCommand.fail(error.description)
        }
        let settings = Settings(store)
        let sink: LogSink
        do throws(ConfigFiles.Refusal) {
            sink = try LogSink(path: settings.logFile, format: settings.logFormat, level: settings.logLevel)
        } catch {
            NodeCommand.fail("logfile: can't open \(settings.logFile): \(error.text)")
        }
        let logger = sink.logger()
        for note in store.notes() { logger.notice("\(note)") }
        let code = NodeProgram.run(settings, store: store, sink: sink)
        sink.flush()
        throw ExitCode(code)
    }

    /// A line on standard output.
    private static func say(_ line: String) { write(line, to: 1) }

    /// One line on standard error; exit 1.
    private static func fail(_ line: String) -> Never {
        write("coronet: \(line)", to: 2)
        Glibc.exit(1)
    }

    private static func write(_ line: String, to file: Int32) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            // Safe: write reads the bytes of the slice during the call only.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
