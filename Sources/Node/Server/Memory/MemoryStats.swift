import Wire

/// MEMORY STATS: the figures of INFO memory under the names that this command gives them, in Redis's order.
struct MemoryStats {
    private enum Value {
        case integer(Int)
        case double(Double)
        /// A database: bytes of its tables, of its timers, of its index by slot.
        case database(main: Int, expires: Int)
    }

    private var fields: [(name: String, value: Value)] = []

    init(_ report: NodeReport) {
        let (used, startup) = (report.usedBytes, report.facts.usedBytesAtStart)
        let keys = report.databases.reduce(0) { $0 + $1.keys }
        let resident = report.facts.residentBytes
        let (active, kept) = (report.activeBytes, report.keptBytes)
        let dataset = max(0, used - report.overheadBytes)
        let peak = max(used, report.facts.usedBytesPeak)

        add("peak.allocated", peak)
        add("total.allocated", used)
        add("startup.allocated", startup)
        add("replication.backlog", 0)
        add("clients.slaves", 0)
        add("clients.normal", report.sum(\.clientBytes))
        add("cluster.links", 0)
        add("aof.buffer", report.cores.reduce(0) { $0 + $1.log.pendingBytes })
        for name in ["lua.caches", "functions.caches"] { add(name, 0) }
        for database in report.databases {
            fields.append(
                (
                    "db.\(database.number)",
                    .database(
                        main: database.keys * Self.tableBytesPerKey,
                        expires: database.expiring * Self.timerBytesPerKey)
                ))
        }
        add("overhead.total", report.overheadBytes)
        add("keys.count", keys)
        add("keys.bytes-per-key", keys > 0 ? (used - startup) / keys : 0)
        add("dataset.bytes", dataset)
        add("dataset.percentage", Self.percent(dataset, of: used - startup))
        add("peak.percentage", Self.percent(used, of: peak))
        add("allocator.allocated", used)
        add("allocator.active", active)
        add("allocator.resident", kept)
        add("allocator-fragmentation.ratio", Self.ratio(active, used))
        add("allocator-fragmentation.bytes", active - used)
        add("allocator-rss.ratio", Self.ratio(kept, active))
        add("allocator-rss.bytes", kept - active)
        add("rss-overhead.ratio", Self.ratio(resident, kept))
        add("rss-overhead.bytes", resident - kept)
        add("fragmentation", Self.ratio(resident, used))
        add("fragmentation.bytes", resident - used)
    }

    /// A key's share of a bucket, and the words that tie it to a timer.
    private static let tableBytesPerKey = 12
    private static let timerBytesPerKey = 16

    private mutating func add(_ name: String, _ value: Int) { fields.append((name, .integer(value))) }
    private mutating func add(_ name: String, _ value: Double) { fields.append((name, .double(value))) }

    private static func percent(_ part: Int, of whole: Int) -> Double {
        whole > 0 ? Double(part) * 100 / Double(whole) : 0
    }

    private static func ratio(_ a: Int, _ b: Int) -> Double { b > 0 ? Double(a) / Double(b) : 0 }

    func write(to reply: inout ReplyWriter) {
        reply.map(fields.count)
        for (name, value) in fields {
            reply.bulk(name)
            switch value {
            case .integer(let number): reply.integer(number)
            case .double(let number): reply.double(number)
            case .database(let main, let expires):
                reply.map(3)
                reply.bulk("overhead.hashtable.main" as StaticString)
                reply.integer(main)
                reply.bulk("overhead.hashtable.expires" as StaticString)
                reply.integer(expires)
                reply.bulk("overhead.hashtable.slot-to-keys" as StaticString)
                reply.integer(0)
            }
        }
    }
}
