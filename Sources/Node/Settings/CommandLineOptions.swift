/// A node's command line: `[file | -] [--directive value ...]`, with Redis's rules.
///
/// - The first argument is the file unless it starts with `--`.
/// - `--name` starts a directive; what follows is its values. The first argument after a name is a value even if it
///   starts with `--` (a password may), except after `--save`, where nothing means "never".
/// - Name and value may come in one argument: `"--port 7000"`.
public struct CommandLineOptions: Equatable, Sendable {
    /// What the program is asked to do instead of running; written as `--check-config` and so on, without a value.
    public enum Switch: String, Sendable, CaseIterable {
        /// Read the configuration and say what is wrong with it.
        case checkConfig = "check-config"
        /// Print every directive.
        case help
        /// Print the version.
        case version
        /// Print the same as `help` for programs.
        case describe

        /// One line of help.
        var help: String {
            switch self {
            case .checkConfig: "read the configuration, say what is wrong or without effect, and exit"
            case .version: "print the version and exit"
            case .help: "print this and exit"
            case .describe: "print all directives as JSON and exit"
            }
        }
    }

    struct Option: Equatable, Sendable {
        var name: String
        var values: [String]
    }

    var file: String?
    var options: [Option] = []
    /// The switches given.
    public var switches: Set<Switch> = []

    /// Takes the arguments apart.
    ///
    /// - Parameter arguments: Without the program's name and the subcommand.
    public init(_ arguments: [String]) throws(ConfigError) {
        var rest = arguments[...]
        if let first = rest.first, !first.hasPrefix("--") { file = rest.removeFirst() }
        /// Whether the next argument is a value whatever it looks like.
        var needsValue = false
        while let argument = rest.popFirst() {
            if !needsValue, let flag = Switch.allCases.first(where: { argument == "--" + $0.rawValue }) {
                switches.insert(flag)
            } else if argument.hasPrefix("--") && !needsValue {
                guard let words = ConfigLine.words(of: Array(argument.utf8.dropFirst(2))),
                    let name = words.first
                else { throw ConfigError(place: "command line", text: "'\(argument)' names no directive") }
                options.append(Option(name: name, values: Array(words.dropFirst())))
                needsValue = words.count == 1
                if name.lowercased() == "save" && needsValue && (rest.first?.hasPrefix("--") ?? true) {
                    options[options.count - 1].values = [""]
                    needsValue = false
                }
            } else {
                guard !options.isEmpty else {
                    throw ConfigError(
                        place: "command line",
                        text: "'\(argument)' stands after the file, before any --directive")
                }
                options[options.count - 1].values.append(argument)
                needsValue = false
            }
        }
    }
}
