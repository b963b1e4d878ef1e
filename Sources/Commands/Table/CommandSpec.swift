/// Everything there is to say about one command or subcommand, declared once in `Families/`.
/// COMMAND, dispatch, key extraction, access control, metrics and tests all read it.
public struct CommandSpec: Sendable {
    /// The family a command belongs to in documentation.
    public enum Group: String, Sendable {
        case string, bitmap, generic, connection, server, cluster, scripting
    }

    /// Which command this is; a subcommand has its container's id here.
    public let id: CommandID
    /// Which subcommand this is; nil for a command.
    public let subcommand: SubcommandID?
    /// `get`, or `config|get` for a subcommand.
    public let name: String
    /// Number of arguments, the name included; negative where that is the least number.
    public let arity: Int
    /// What it may do and when it may run.
    public let flags: CommandFlags
    /// The family.
    public let group: Group
    /// The first version that had it. Our own commands carry the version of the protocol they extend.
    public let since: String

    /// One sentence.
    public private(set) var summary = ""
    /// Its cost; empty where nothing useful can be said.
    public private(set) var complexity = ""
    /// Where it runs.
    public private(set) var route: Route = .connection
    /// Its access-control categories, those that follow from the flags included.
    public private(set) var categories: CommandCategories
    /// Where its keys are.
    public private(set) var keySpecs: [KeySpec] = []
    /// The three numbers that cover the key specs.
    public private(set) var keyRange = KeyRange.none
    /// Hints for clients that talk to many nodes.
    public private(set) var tips: [StaticString] = []
    /// Its arguments, for COMMAND DOCS.
    public private(set) var arguments: [ArgumentSpec] = []
    /// What changed when: (version, sentence).
    public private(set) var history: [(version: String, change: String)] = []
    /// The version that advised against it, and what to use.
    public private(set) var deprecation: (since: String, replacement: String)?
    /// True for a command that only the server's own tooling should send.
    public private(set) var isForSystem = false
    /// What a container contains.
    public private(set) var subcommands: [CommandSpec] = []

    init(
        _ id: CommandID, _ name: String, _ arity: Int, _ flags: CommandFlags, _ group: Group, since: String,
        subcommand: SubcommandID? = nil
    ) {
        self.id = id
        self.subcommand = subcommand
        self.name = name
        self.arity = arity
        self.flags = flags
        self.group = group
        self.since = since
        categories = CommandCategories.implied(by: flags)
        switch group {
        case .string: categories.insert(.string)
        case .bitmap: categories.insert(.bitmap)
        case .connection: categories.insert(.connection)
        case .scripting: categories.insert(.scripting)
        case .generic: categories.insert(.keyspace)
        case .server, .cluster: break
        }
    }

    /// Says whether a call with this many arguments is acceptable.
    public func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount == arity : argumentCount >= -arity
    }
}

// The words of the declarations in Families/.
extension CommandSpec {
    func summary(_ sentence: String, _ complexity: String = "") -> CommandSpec {
        with {
            $0.summary = sentence
            $0.complexity = complexity
        }
    }

    /// A command with keys runs where its first key lives unless `route` says otherwise.
    func keys(_ specs: KeySpec...) -> CommandSpec {
        with {
            $0.keySpecs = specs
            $0.keyRange = KeyRange(covering: specs)
            $0.route = .firstKey
        }
    }

    func route(_ route: Route) -> CommandSpec { with { $0.route = route } }
    func arguments(_ list: ArgumentSpec...) -> CommandSpec { with { $0.arguments = list } }
    func tips(_ list: StaticString...) -> CommandSpec { with { $0.tips = list } }
    func history(_ list: (String, String)...) -> CommandSpec { with { $0.history = list } }

    /// Categories beside those of the group and the flags.
    func also(_ categories: CommandCategories) -> CommandSpec { with { $0.categories.formUnion(categories) } }

    /// Instead of the group's category.
    func categories(_ categories: CommandCategories) -> CommandSpec {
        with { $0.categories = CommandCategories.implied(by: $0.flags).union(categories) }
    }

    func deprecated(since version: String, use replacement: String) -> CommandSpec {
        with { $0.deprecation = (version, replacement) }
    }

    var forSystem: CommandSpec { with { $0.isForSystem = true } }

    func subcommands(@CommandFamily _ list: () -> [CommandSpec]) -> CommandSpec {
        let list = list()
        return with { $0.subcommands = list }
    }

    private func with(_ change: (inout CommandSpec) -> Void) -> CommandSpec {
        var copy = self
        change(&copy)
        return copy
    }
}

/// A subcommand, under its full name `container|subcommand`.
func subcommand(
    _ id: SubcommandID, _ name: String, _ arity: Int, _ flags: CommandFlags, _ group: CommandSpec.Group,
    since: String
) -> CommandSpec {
    CommandSpec(id.container, name, arity, flags, group, since: since, subcommand: id)
}

/// Lets a family be written as a plain sequence of declarations.
@resultBuilder
enum CommandFamily {
    static func buildExpression(_ spec: CommandSpec) -> CommandSpec { spec }
    static func buildBlock(_ specs: CommandSpec...) -> [CommandSpec] { specs }
}
