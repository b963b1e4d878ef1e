/// The one list of configuration directives.
extension Directive {
    /// Every directive, group by group. `DirectiveID` counts in this order.
    public static let all: [Directive] =
        networkDirectives + securityDirectives + coreDirectives + memoryDirectives + clientDirectives
        + logDirectives + processDirectives + persistenceDirectives + replicationDirectives
        + clusterDirectives + valueDirectives + tlsDirectives

    /// Names and aliases, in lower case, to places.
    private static let places: [String: DirectiveID] = {
        var places: [String: DirectiveID] = [:]
        for (index, directive) in all.enumerated() {
            places[directive.name] = DirectiveID(index: index)
            if let alias = directive.alias { places[alias] = DirectiveID(index: index) }
        }
        return places
    }()

    /// The directive called so, in any letter case, by its name or its alias.
    public static func find(_ name: String) -> DirectiveID? { places[name.lowercased()] }

    /// The directive at a place.
    public static subscript(_ id: DirectiveID) -> Directive { all[id.index] }

    /// Every name that `CONFIG GET` knows, aliases included, with its directive.
    public static let names: [(name: String, id: DirectiveID)] = all.enumerated().flatMap {
        index, directive in
        [directive.name, directive.alias].compactMap { $0 }.map { ($0, DirectiveID(index: index)) }
    }

    /// Words that stand in a Redis configuration file but are no `CONFIG` names, and what becomes of them.
    static let fileOnly: [String: Standing] = [
        "list-max-ziplist-entries": .accepted("Redis dropped it long ago"),
        "list-max-ziplist-value": .accepted("Redis dropped it long ago"),
        "lua-replicate-commands": .accepted("Redis dropped it long ago"),
        "rename-command": .refused("commands cannot be renamed or disabled"),
        "user": .refused("there are no users besides the default one yet; requirepass sets its password"),
        "loadmodule": .refused("modules are not supported"),
        "sentinel": .refused("this is a node, not a sentinel"),
    ]
}

/// Why a Redis directive has no effect here: said once, so that the notes at the start can be grouped.
enum Reason {
    static let disk = "it makes no difference to the files that are written here"
    static let replication = "replication is not built yet"
    static let cluster = "clusters of several nodes are not built yet"
    static let types = "strings are the only value type so far"
    static let scripts = "scripts are not built yet"
    static let pubsub = "publish/subscribe is not built yet"
    static let users = "there are no users besides the default one yet"
    static let tls = "TLS is not built yet"
    static let noFork = "Coronet never forks"
    static let cores = "every core runs its own ring; see cpus"
    static let table = "tables grow in small steps on every write"
    static let freeing = "memory is given back in small steps"
    static let allocator = "each core has its own arena; jemalloc is not used"
    static let manager = "the service manager's business: a node runs in the foreground"
    static let crash = "a crash leaves its report to the operating system"
    static let modules = "modules are not supported"
    static let syslog = "logs go to the log file; journald or a collector reads them from there"
}
