/// What is spoken with the server.
public enum BenchProtocol: String, Sendable, CaseIterable {
    /// Redis, replies as before RESP3.
    case resp2
    /// Redis, after `HELLO 3`.
    case resp3
    /// Memcached's text protocol.
    case memcached
}

/// Everything that a run can be told; the defaults are those of the command line.
public struct BenchOptions: Sendable {
    /// Name or address of the server.
    public var host = "127.0.0.1"
    /// Its TCP port.
    public var port: UInt16 = 6379
    /// Path of its Unix socket, in place of host and port.
    public var socket: String?
    /// What it speaks.
    public var wire = BenchProtocol.resp2
    /// Whether keys go to the endpoints that CLUSTER SLOTS names.
    public var cluster = false
    /// For AUTH.
    public var password: String?
    /// One generator core on each; empty for one that is not pinned.
    public var cpus: [Int] = []

    /// Connections over all cores; with a cluster, to each endpoint.
    public var connections = 50
    /// Requests that a connection sends together, and whose answers it awaits before the next.
    public var pipeline = 1
    /// Operations a second over all cores; nil for a closed loop.
    public var rate: Double?
    /// Whether an open loop's requests come at random moments (Poisson) rather than at equal distances.
    public var poisson = false
    /// Seconds that are measured.
    public var duration = 10.0
    /// Operations that are measured, in place of `duration`.
    public var requests: Int?
    /// Seconds of load before the measured ones.
    public var warmup = 1.0
    /// Whether a core that waits for its next request spins rather than sleeps.
    public var spin = false

    /// How many keys there are.
    public var keys = 100_000
    /// What each key begins with.
    public var keyPrefix = "key:"
    /// Bytes of a key; nil for the prefix and twelve digits.
    public var keySize: Int?
    /// Which keys are asked for how often.
    public var distribution = KeyDistribution.uniform
    /// How long values are.
    public var valueSizes = ValueSizes.fixed(64)
    /// Commands by weight.
    public var mix = CommandMix.default
    /// Keys of one MGET.
    public var mgetKeys = 20
    /// Seconds until a SETEX expires.
    public var ttl = 10
    /// Commands given as text, in place of `mix`.
    public var commands: [CommandText] = []

    /// Whether every key is written once before anything else.
    public var populate = false
    /// Whether values carry key and sequence, and answers are checked.
    public var verify = false
    /// Where chance begins.
    public var seed: UInt64 = 1
    /// File for the result as JSON; "-" for standard output.
    public var json: String?
    /// Whether nothing but errors is printed.
    public var quiet = false

    /// The defaults.
    public init() {}
}
