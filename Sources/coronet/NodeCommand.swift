import ArgumentParser
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
            if line.switches.contains(.help) { return CommandLineOutput.say(DirectiveHelp.text) }
            if line.switches.contains(.version) {
                return CommandLineOutput.say("coronet \(NodeProgram.version)")
            }
            store = try ConfigLoad.run(line)
            if line.switches.contains(.checkConfig) {
                for note in store.notes() { CommandLineOutput.say(note) }
                return CommandLineOutput.say("configuration is valid")
            }
        } catch {
            CommandLineOutput.fail(error.description)
        }
        let settings = Settings(store)
        if let problem = NodeProgram.enterFolder(settings) {
            CommandLineOutput.fail("dir: can't enter \(settings.folder): \(problem)")
        }
        let sink: LogSink
        do throws(ConfigFiles.Refusal) {
            sink = try LogSink(path: settings.logFile, format: settings.logFormat, level: settings.logLevel)
        } catch {
            CommandLineOutput.fail("logfile: can't open \(settings.logFile): \(error.text)")
        }
        let logger = sink.logger()
        for note in store.notes() { logger.notice("\(note)") }
        let code = NodeProgram.run(settings, store: store, sink: sink)
        sink.flush()
        throw ExitCode(code)
    }
}
