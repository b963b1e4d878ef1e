/// The sections of INFO, in the order in which they appear: Redis's, then ours, because tools take the first match.
enum InfoSection: CaseIterable, Sendable {
    case server, clients, memory, persistence, stats, replication, cpu, modules, commandstats, errorstats,
        latencystats, cluster, keyspace, coronet, cores

    /// What its first line says.
    var title: String {
        switch self {
        case .server: "Server"
        case .clients: "Clients"
        case .memory: "Memory"
        case .persistence: "Persistence"
        case .stats: "Stats"
        case .replication: "Replication"
        case .cpu: "CPU"
        case .modules: "Modules"
        case .commandstats: "Commandstats"
        case .errorstats: "Errorstats"
        case .latencystats: "Latencystats"
        case .cluster: "Cluster"
        case .keyspace: "Keyspace"
        case .coronet: "Coronet"
        case .cores: "Cores"
        }
    }

    /// Shown by INFO without names.
    var isDefault: Bool {
        switch self {
        case .commandstats, .latencystats, .cores: false
        default: true
        }
    }

    /// The sections that the words after INFO ask for. `all` and `everything` are the same here: the difference is the
    /// sections of modules, and there are no modules.
    static func chosen(by words: [String]) -> [InfoSection] {
        if words.isEmpty { return allCases.filter(\.isDefault) }
        var chosen: Set<InfoSection> = []
        for word in words.map({ $0.lowercased() }) {
            switch word {
            case "default": chosen.formUnion(allCases.filter(\.isDefault))
            case "all", "everything": chosen.formUnion(allCases)
            case "module_list": chosen.insert(.modules)
            default:
                if let section = allCases.first(where: { $0.title.lowercased() == word }) {
                    chosen.insert(section)
                }
            }
        }
        return allCases.filter(chosen.contains)
    }
}
