import ArgumentParser
import Bench
import Node

/// `coronet bench`: the load generator.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Offer load to a Redis or Memcached server and measure its answers.",
        discussion: """
            Without --rate the loop is closed: each connection sends a pipeline and awaits all of its answers before the \
            next. With --rate it is open: pipelines are due at fixed moments, whatever the server does, and latency \
            counts from the moment, so that a stall is seen by everybody it would have kept waiting.
            """)

    @Option(help: "Name or address of the server.")
    var host = "127.0.0.1"
    @Option(help: "Its TCP port.")
    var port: UInt16 = 6379
    @Option(help: "Path of its Unix socket, in place of host and port.", completion: .file())
    var socket: String?
    @Option(name: .customLong("protocol"), help: "resp2, resp3 or memcached.")
    var wire: BenchProtocol = .resp2
    @Flag(help: "Send each key to the endpoint that CLUSTER SLOTS names for it; follow MOVED and ASK.")
    var cluster = false
    @Option(help: "For AUTH.")
    var password: String?
    @Option(
        help: "Processors, as 1,2 or 0-3: one generator core on each. (default: one that is not pinned)",
        transform: { text in
            guard let cpus = CPUList.parse(text), !cpus.isEmpty else {
                throw ValidationError("--cpus is a list of processors, as 1,2 or 0-3")
            }
            return cpus
        })
    var cpus: [Int] = []

    @Option(help: "Connections over all cores; with --cluster to each endpoint.")
    var connections = 50
    @Option(help: "Requests that a connection sends together before it awaits their answers.")
    var pipeline = 1
    @Option(help: "Operations a second over all cores: an open loop. (default: a closed loop)")
    var rate: Double?
    @Flag(help: "With --rate: pipelines are due at random moments (Poisson), not at equal distances.")
    var poisson = false
    @Flag(help: "With --rate: spin until the next moment in place of sleeping.")
    var spin = false
    @Option(help: "Seconds that are measured.")
    var duration = 10.0
    @Option(help: "Operations that are measured, in place of --duration.")
    var requests: Int?
    @Option(help: "Seconds of load before, which do not count.")
    var warmup = 1.0

    @Option(help: "How many keys there are.")
    var keys = 100_000
    @Option(help: "What each key begins with.")
    var keyPrefix = "key:"
    @Option(help: "Bytes of a key. (default: the prefix and twelve digits)")
    var keySize: Int?
    @Option(
        help:
            "uniform, zipf:THETA, hot:SHARE:COUNT (a share of the draws for so many keys) or sequential. (default: uniform)",
        transform: { try reading { try KeyDistribution(parsing: $0) }($0) })
    var distribution = KeyDistribution.uniform
    @Option(
        help:
            "Bytes of a value: 64, 16-1024 (drawn uniformly) or 16:50,1024:40,65536:10 (by weight). (default: 64)",
        transform: { try reading { try ValueSizes(parsing: $0) }($0) })
    var valueSize = ValueSizes.fixed(64)
    @Option(
        help: "Commands by weight: get, set, setex, mget, incr, del. (default: get=95,set=5)",
        transform: { try reading { try CommandMix(parsing: $0) }($0) })
    var mix = CommandMix.default
    @Option(help: "Keys of one mget.")
    var mgetKeys = 20
    @Option(help: "Seconds until a setex expires.")
    var ttl = 10
    @Option(
        help: """
            A command of your own in place of --mix, as "SET __key__ __value__ EX 10". Repeat it with a weight in front \
            ("3:GET __key__") for several.
            """,
        transform: { try reading { try CommandText(parsing: $0) }($0) })
    var command: [CommandText] = []

    @Flag(help: "Write every key once first.")
    var populate = false
    @Flag(help: "Values carry key and sequence; a wrong or stale answer is reported and ends in exit code 1.")
    var verify = false
    @Option(help: "Where chance begins: the same seed, the same requests.")
    var seed: UInt64 = 1
    @Option(help: "File for the result as JSON; - for standard output.")
    var json: String?
    @Flag(help: "Print nothing but what went wrong.")
    var quiet = false

    func run() throws {
        throw ExitCode(BenchProgram.run(options))
    }

    private var options: BenchOptions {
        var options = BenchOptions()
        (options.host, options.port, options.socket, options.wire) = (host, port, socket, wire)
        (options.cluster, options.password, options.cpus) = (cluster, password, cpus)
        (options.connections, options.pipeline) = (connections, pipeline)
        (options.rate, options.poisson, options.spin) = (rate, poisson, spin)
        (options.duration, options.requests, options.warmup) = (duration, requests, warmup)
        (options.keys, options.keyPrefix, options.keySize) = (keys, keyPrefix, keySize)
        (options.distribution, options.valueSizes) = (distribution, valueSize)
        (options.mix, options.mgetKeys, options.ttl) = (mix, mgetKeys, ttl)
        (options.commands, options.populate, options.verify) = (command, populate, verify)
        (options.seed, options.json, options.quiet) = (seed, json, quiet)
        return options
    }
}

extension BenchProtocol: ExpressibleByArgument {}

/// Turns a refusal of Bench into one of the command line.
private func reading<Value>(_ parse: @escaping (String) throws -> Value) -> (String) throws -> Value {
    { text in
        do {
            return try parse(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
