import Keyspace
import Testing

@testable import Node

/// INFO is text made of a value: what stands where, and what it says.
struct InfoTextTests {
    private func report() -> NodeReport {
        var first = CoreReport()
        first.clients = 2
        first.clientBytes = 100
        first.usedBytes = 1000
        first.hits = 5
        first.databases = [.init(keys: 3, expiring: 1, millisLeft: 1000), .init(), .init(keys: 1)]
        first.commands = Array(repeating: CommandStatistic(), count: StatIndex.count)
        first.commands[Int(StatIndex(.get).rawValue)].calls = 2
        first.errors = ["ERR": 1]
        var second = first
        second.core = 1
        second.databases = [.init(keys: 1, expiring: 3, millisLeft: 9000), .init(), .init()]
        second.commands[Int(StatIndex(.configGet).rawValue)].rejected = 1
        second.errors = ["ERR": 2, "OOM": 4]
        var facts = NodeReport.Facts()
        facts.usedBytesAtStart = 400
        facts.usedBytesPeak = 4400
        facts.nowMicros = 90_061_000_000
        return NodeReport(cores: [first, second], settings: Settings(), facts: facts)
    }

    private func lines(_ section: InfoSection) -> [String] {
        InfoText.write([section], of: report()).split(separator: "\r\n").map(String.init)
    }

    @Test func coresAreAddedUp() {
        #expect(lines(.clients).contains("connected_clients:4"))
        #expect(lines(.stats).contains("keyspace_hits:10"))
        #expect(lines(.memory).contains("used_memory:2200"))
        #expect(lines(.memory).contains("used_memory_overhead:600"))
        #expect(lines(.memory).contains("used_memory_peak_perc:50.00%"))
        #expect(lines(.server).contains("uptime_in_days:1"))
        #expect(lines(.errorstats) == ["# Errorstats", "errorstat_ERR:count=3", "errorstat_OOM:count=4"])
        #expect(
            lines(.keyspace) == [
                "# Keyspace", "db0:keys=4,expires=4,avg_ttl=2500", "db2:keys=1,expires=0,avg_ttl=0",
            ])
        #expect(
            lines(.commandstats) == [
                "# Commandstats",
                "cmdstat_get:calls=4,usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=0",
                "cmdstat_config|get:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0",
            ])
    }

    @Test func sectionsStandApartAndInOrder() {
        let text = InfoText.write([.cluster, .modules, .cpu], of: report())
        #expect(text.hasPrefix("# Cluster\r\ncluster_enabled:0\r\n\r\n# Modules\r\n\r\n# CPU\r\n"))
        #expect(text.hasSuffix("\r\n") && !text.hasSuffix("\r\n\r\n"))
        #expect(InfoSection.chosen(by: ["keyspace", "SERVER", "nosuch"]) == [.server, .keyspace])
        #expect(InfoSection.chosen(by: ["all"]) == InfoSection.allCases)
        #expect(!InfoSection.chosen(by: []).contains(.commandstats))
        #expect(InfoSection.chosen(by: ["nosuch"]).isEmpty)
        #expect(InfoText.write([], of: report()) == "")
    }

    /// redis-cli takes the first place where a field's name occurs: our own sections must not contain Redis's names.
    @Test func ourFieldsContainNoneOfRedis() {
        let redis = InfoSection.allCases.filter { $0 != .coronet && $0 != .cores }
        var names: Set<Substring> = []
        for section in redis {
            names.formUnion(lines(section).dropFirst().map { $0.split(separator: ":")[0] })
        }
        for line in [lines(.coronet), lines(.cores)].joined() where !line.hasPrefix("#") {
            for searched in [
                "used_memory", "connected_clients", "blocked_clients", "loading", "cluster_enabled", "db0:",
                "total_commands_processed", "total_connections_received", "bgsave_in_progress",
            ] {
                #expect(!line.contains(searched), "\(line) contains \(searched)")
            }
            #expect(!names.contains(line.split(separator: ":")[0]), "\(line) is Redis's")
        }
    }

    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (965_864, "943.23K"), (25_276_502_016, "23.54G"),
    ])
    func bytesForPeople(bytes: Int, text: String) { #expect(FixedText.human(bytes) == text) }

    @Test func numbersWithDecimals() {
        #expect(FixedText.decimals(19.0714, 3) == "19.071")
        #expect(FixedText.decimals(0.005, 2) == "0.01")
        #expect(FixedText.decimals(-0.001, 2) == "0.00")
        #expect(FixedText.decimals(1e30, 2) == "1e+30")
        #expect(FixedText.shortest(99.9) == "99.9" && FixedText.shortest(50) == "50")
        #expect(FixedText.percent(1, of: 0) == "0.00%")
    }
}
