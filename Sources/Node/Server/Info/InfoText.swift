/// Writes INFO: a pure function of a report. Redis's fields stand in Redis's order, since tools read them by place as
/// well as by name; what does not exist here yet (replicas, files, evictions) shows the value of a Redis without it.
struct InfoText {
    let report: NodeReport
    private(set) var text = ""

    init(_ report: NodeReport) { self.report = report }

    static func write(_ sections: [InfoSection], of report: NodeReport) -> String {
        var info = InfoText(report)
        for section in sections { info.write(section) }
        return info.text
    }

    private mutating func write(_ section: InfoSection) {
        if !text.isEmpty { text += "\r\n" }
        text += "# \(section.title)\r\n"
        switch section {
        case .server: writeServer()
        case .clients: writeClients()
        case .memory: writeMemory()
        case .persistence: writePersistence()
        case .stats: writeStats()
        case .replication: writeReplication()
        case .cpu: writeCPU()
        case .modules: break
        case .commandstats: writeCommands()
        case .errorstats: writeErrors()
        case .latencystats: writeLatencies()
        case .cluster: field("cluster_enabled", report.settings.corePorts ? 1 : 0)
        case .keyspace: writeKeyspace()
        case .coronet: writeCoronet()
        case .cores: writeCores()
        }
    }

    mutating func field(_ name: String, _ value: some CustomStringConvertible) {
        text += name
        text += ":"
        text += value.description
        text += "\r\n"
    }

    /// Fields of features that are not there.
    mutating func zeros(_ names: String...) { for name in names { field(name, 0) } }

    /// A number of bytes, and the same for people.
    mutating func bytes(_ name: String, _ value: Int) {
        field(name, value)
        field(name + "_human", FixedText.human(value))
    }
}

// MARK: Sections of few lines

extension InfoText {
    private mutating func writeClients() {
        field("connected_clients", report.sum(\.clients))
        field("cluster_connections", 0)
        field("maxclients", report.settings.maxClients)
        field("client_recent_max_input_buffer", report.largest(\.inputBufferMax))
        field("client_recent_max_output_buffer", report.largest(\.outputBufferMax))
        zeros("blocked_clients", "tracking_clients", "clients_in_timeout_table")
    }

    private mutating func writeReplication() {
        field("role", "master")
        field("connected_slaves", 0)
        field("master_failover_state", "no-failover")
        field("master_replid", report.facts.replicationID)
        field("master_replid2", String(repeating: "0", count: 40))
        field("master_repl_offset", 0)
        field("second_repl_offset", -1)
        field("repl_backlog_active", 0)
        field("repl_backlog_size", 1_048_576)
        zeros("repl_backlog_first_byte_offset", "repl_backlog_histlen")
    }

    private mutating func writeCPU() {
        let (all, children) = (report.facts.processTime, report.facts.childrenTime)
        // The cores do what Redis's main thread does.
        let cores = report.cores.reduce(ProcessReport.CPUTime()) { $0 + $1.processorTime }
        field("used_cpu_sys", FixedText.seconds(micros: all.system))
        field("used_cpu_user", FixedText.seconds(micros: all.user))
        field("used_cpu_sys_children", FixedText.seconds(micros: children.system))
        field("used_cpu_user_children", FixedText.seconds(micros: children.user))
        field("used_cpu_sys_main_thread", FixedText.seconds(micros: cores.system))
        field("used_cpu_user_main_thread", FixedText.seconds(micros: cores.user))
    }

    private mutating func writeErrors() {
        for (code, count) in report.errors { field("errorstat_\(code)", "count=\(count)") }
    }

    private mutating func writeKeyspace() {
        for database in report.databases {
            field(
                "db\(database.number)",
                "keys=\(database.keys),expires=\(database.expiring),avg_ttl=\(database.averageMillisLeft)")
        }
    }
}
