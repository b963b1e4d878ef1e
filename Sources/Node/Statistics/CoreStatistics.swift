import BasicContainers
import Commands

/// Which row of the command statistics: a command, a subcommand, or nothing known.
struct StatIndex: Hashable {
    let rawValue: UInt16

    init(_ command: CommandID) { rawValue = command.rawValue }

    init(_ subcommand: SubcommandID) {
        rawValue = UInt16(CommandID.allCases.count) + subcommand.rawValue
    }

    private init(rawValue: UInt16) { self.rawValue = rawValue }

    /// No command we know.
    static let unknown = StatIndex(rawValue: UInt16(CommandID.allCases.count + SubcommandID.allCases.count))
    /// Nothing executed yet.
    static let none = unknown
    static let count = Int(unknown.rawValue) + 1

    /// The command's row as a spec; nil for unknown commands.
    var spec: CommandSpec? {
        let index = Int(rawValue)
        let commands = CommandTable.specs.count
        if index < commands { return CommandTable.specs[index] }
        return index < commands + CommandTable.subcommandSpecs.count
            ? CommandTable.subcommandSpecs[index - commands] : nil
    }
}

/// One command's counters on one core.
struct CommandStatistic {
    var calls: UInt64 = 0
    /// Processor cycles spent in it.
    var cycles: UInt64 = 0
    /// Refused before execution: arity, memory, authentication.
    var rejected: UInt64 = 0
    /// Executed and answered with an error.
    var failed: UInt64 = 0
}

/// A core's counters. Lives on one core; INFO adds them up over all cores.
struct CoreStatistics: ~Copyable {
    var connectionsAccepted: UInt64 = 0
    var connectionsRejected: UInt64 = 0
    var commands: UInt64 = 0
    var bytesReceived: UInt64 = 0
    var bytesSent: UInt64 = 0
    var receives: UInt64 = 0
    var sends: UInt64 = 0
    var errorReplies: UInt64 = 0
    var protocolErrors: UInt64 = 0
    var acceptsFailed: UInt64 = 0
    var acceptErrnoLast: Int32 = 0
    var wakeUps: UInt64 = 0
    var wakesSent: UInt64 = 0
    var queryBufferLimitDisconnections: UInt64 = 0
    var outputLimitDisconnections: UInt64 = 0
    /// Requests sent to other cores, and batches of them executed for others.
    var hops: UInt64 = 0
    var hopsServed: UInt64 = 0
    var hopBatchesServed: UInt64 = 0
    var multiShardCalls: UInt64 = 0
    var gatheringsRepeated: UInt64 = 0
    var requestsDelayedByCalls: UInt64 = 0
    /// Processor cycles spent on removing keys that nobody asked for.
    var expireCycles: UInt64 = 0
    /// Processor cycles spent on evicting keys.
    var evictionCycles: UInt64 = 0

    /// One row per command and subcommand.
    var byCommand = UniqueArray<CommandStatistic>(
        repeating: CommandStatistic(), count: StatIndex.count)
    /// Latencies per command; each takes its memory at its first call.
    var latencies = UniqueArray<LatencyHistogram>(repeating: LatencyHistogram(), count: StatIndex.count)
    /// Different error codes kept: scripts and typing errors must not grow memory.
    static let errorCodesMax = 128
    /// Replies by error code: "ERR", "WRONGTYPE", ...
    var errorsByCode: [String: UInt64] = [:]
    /// Bits by chance, good enough to pick a key: the time at which the last command ended, spread over the word.
    var chance: UInt64 {
        let bits = cyclesMark &* 0x9E37_79B9_7F4A_7C15
        return bits ^ (bits &>> 32)
    }

    /// Where the cycles of the next command begin.
    var cyclesMark: UInt64 = 0
    var rates = RateSampler()
    /// The shard's counters when CONFIG RESETSTAT was said last; they themselves only grow.
    var shardAtReset: (hits: UInt64, misses: UInt64, expired: UInt64, evicted: UInt64) = (0, 0, 0, 0)

    /// Counts an error reply by its code; codes beyond the bound are not told apart.
    mutating func noteError(_ code: String) {
        errorReplies &+= 1
        if errorsByCode.count >= Self.errorCodesMax, errorsByCode[code] == nil { return }
        errorsByCode[code, default: 0] += 1
    }
}
