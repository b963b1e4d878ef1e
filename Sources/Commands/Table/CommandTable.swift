/// The one list of commands. Everything that needs to know something about a command reads it here.
///
/// Three views of the same declarations:
/// - `specs` and `subcommandSpecs`: all there is, for documentation, access control, configuration, tests;
/// - `profile(of:)`: sixteen bytes a command, for dispatch (CommandTable+Profile);
/// - `find(_:)`: from a name to its id (CommandTable+Find).
public enum CommandTable {
    /// Every command, indexed by `CommandID.rawValue`.
    public static let specs: [CommandSpec] = {
        let families = [
            strings, versions, bitmaps, keys, expiry, databases, connection, client, introspection, server,
            diagnostics, persistence, cluster,
        ]
        let specs = families.flatMap { $0 }.sorted { $0.id.rawValue < $1.id.rawValue }
        precondition(
            specs.map(\.id) == CommandID.allCases, "Every command id is declared exactly once in Families/.")
        return specs
    }()

    /// Every subcommand, indexed by `SubcommandID.rawValue`.
    public static let subcommandSpecs: [CommandSpec] = {
        let declared = specs.flatMap(\.subcommands)
        let inOrder = SubcommandID.allCases.compactMap { id in declared.first { $0.subcommand == id } }
        precondition(
            inOrder.count == declared.count && inOrder.count == SubcommandID.allCases.count,
            "Every subcommand id is declared exactly once in Families/.")
        return inOrder
    }()

    /// All about a command.
    public static func spec(of id: CommandID) -> CommandSpec { specs[Int(id.rawValue)] }

    /// All about a subcommand.
    public static func spec(of id: SubcommandID) -> CommandSpec { subcommandSpecs[Int(id.rawValue)] }
}
