import Testing

@testable import Bench

@Suite struct OptionTests {
    @Test(arguments: [
        ("uniform", KeyDistribution.uniform), ("zipf:0.99", .zipf(theta: 0.99)), ("zipf", .zipf(theta: 0.99)),
        ("hot:0.9:1000", .hot(share: 0.9, count: 1000)), ("sequential", .sequential),
    ])
    func distributions(text: String, expected: KeyDistribution) throws {
        #expect(try KeyDistribution(parsing: text) == expected)
    }

    @Test(arguments: [
        "", "zipf:", "zipf:-1", "zipf:nan", "hot:0.9", "hot:1.1:5", "hot:0.5:0", "uniform:1", "even",
    ])
    func distributionsThatAreNone(text: String) {
        #expect(throws: OptionError.self) { try KeyDistribution(parsing: text) }
    }

    @Test func valueSizes() throws {
        #expect(try ValueSizes(parsing: "64") == .fixed(64))
        #expect(try ValueSizes(parsing: "16-1024") == .range(16...1024))
        let weighted = try ValueSizes(parsing: "16:50,65536:10")
        #expect(weighted == .weighted([.init(bytes: 16, weight: 50), .init(bytes: 65536, weight: 10)]))
        #expect(weighted.bounds == 16...65536)
    }

    @Test(arguments: ["", "-1", "10-5", "16:", "16:0", "a", "16:50,32", "99999999999"])
    func valueSizesThatAreNone(text: String) {
        #expect(throws: OptionError.self) { try ValueSizes(parsing: text) }
    }

    @Test func mixes() throws {
        let mix = try CommandMix(parsing: "get=90,set=10,mget=0")
        #expect(mix.entries == [.init(kind: .get, weight: 90), .init(kind: .set, weight: 10)])
        #expect(try CommandMix(parsing: "incr").entries == [.init(kind: .incr, weight: 1)])
    }

    @Test(arguments: ["", "get=-1", "get=0", "get=1,get=2", "custom=1", "fetch=1", "get=x"])
    func mixesThatAreNone(text: String) {
        #expect(throws: OptionError.self) { try CommandMix(parsing: text) }
    }

    @Test(arguments: ["", "   ", "GET \"x", "0:GET x"])
    func commandsThatAreNone(text: String) {
        #expect(throws: OptionError.self) { try CommandText(parsing: text) }
    }

    /// Each contradiction, and a way out of it.
    @Test(
        arguments: [
            { (options: inout BenchOptions) in options.connections = 0 },
            { $0.pipeline = 0 }, { $0.keys = 0 }, { $0.duration = 0 }, { $0.requests = 0 }, { $0.rate = 0 },
            { $0.poisson = true },
            {
                $0.cpus = [0, 1]; $0.connections = 1
            },
            {
                $0.wire = .memcached; $0.cluster = true
            },
            {
                $0.cluster = true; $0.mix = CommandMix(entries: [.init(kind: .mget, weight: 1)])
            },
            {
                $0.cluster = true; $0.socket = "/run/coronet.sock"
            },
            {
                $0.verify = true; $0.valueSizes = .fixed(31)
            },
            {
                $0.verify = true; $0.keys = 10
            },
            { $0.keySize = 5 },
        ] as [@Sendable (inout BenchOptions) -> Void])
    func contradictions(change: @Sendable (inout BenchOptions) -> Void) {
        var options = BenchOptions()
        change(&options)
        #expect(throws: OptionError.self) { try check(options) }
    }

    private func check(_ options: BenchOptions) throws {
        _ = try Plan(options, core: 0, of: options.coreCount).cores
    }

    @Test func theDefaultsAreFine() throws { try check(BenchOptions()) }

    @Test func sharesAddUp() throws {
        var options = BenchOptions()
        options.connections = 7
        options.cpus = [0, 1, 2]
        var lanes: [Int] = []
        var requests: [Int] = []
        for core in 0..<3 {
            let plan = try Plan(options, core: core, of: 3)
            lanes.append(plan.lanesPerEndpoint)
            requests.append(plan.share(of: 100))
        }
        #expect(lanes == [3, 2, 2])
        #expect(requests == [34, 33, 33])
    }

    @Test func aPasswordIsNotReported() {
        var options = BenchOptions()
        options.password = "secret"
        #expect(!options.fields.contains { $0.1 == .text("secret") })
        #expect(options.fields.contains { $0.0 == "password" && $0.1 == .text("(given)") })
    }
}
