import ArgumentParser
import Logging
import Node

/// `coronet node`: one server. Its options are the configuration's directives, read with Redis's rules, so they pass
/// through ArgumentParser untouched.
struct NodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Run a cache node.",
        usage: """
            coronet node [redis.conf | -] [--directive value ...] [--check-config] [--help] [--describe] [--version]
            """)

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

    func run() throws {
        // Before any thread starts, since threads inherit the mask.
        Signals.block()
        let store: SettingsStore
        do throws(ConfigError) {
            let line = try CommandLineOptions(arguments)
            if line.switches.contains(.help) { return Terminal.say(DirectiveHelp.text) }
            if line.switches.contains(.version) { return Terminal.say("coronet \(NodeProgram.version)") }
            if line.switches.contains(.describe) { return Terminal.say(DirectiveDescription.json) }
            store = try ConfigLoad.run(line)
            if line.switches.contains(.checkConfig) {
                for note in store.notes() { Terminal.say(note) }
                return Terminal.say("configuration is valid")
            }
        } catch {
            Terminal.fail(error.description)
        }
        let settings = Settings(store)
        if let problem = NodeProgram.enterFolder(settings) {
            Terminal.fail("dir: can't enter \(settings.folder): \(problem)")
        }
        let sink: LogSink
        do throws(ConfigFiles.Refusal) {
            sink = try LogSink(path: settings.logFile, format: settings.logFormat, level: settings.logLevel)
        } catch {
            Terminal.fail("logfile: can't open \(settings.logFile): \(error.text)")
        }
        let logger = sink.logger()
        for note in store.notes() { logger.notice("\(note)") }
        let code = NodeProgram.run(settings, store: store, sink: sink)
        sink.flush()
        throw ExitCode(code)
    }
}
