import Commands
import Keyspace
import Wire

/// The settings that a core reads while it works: a copy of its own, replaced as a whole by CONFIG SET. Lives on
/// one core.
struct CoreTuning: Sendable {
    var parserLimits = RequestParser.Limits.default
    var queryBufferLimit = 1 << 30
    var maxClients = 10_000
    /// Bytes that all shards may use together; 0 for no limit.
    var maxMemory = 0
    /// What goes when that is reached, and for how many cycles a turn.
    var eviction = EvictionRules()
    var evictionCycles = UInt64.max
    var compaction = CompactionPlan()
    /// The circumstances that every call has.
    var callFlags: CallFlags = []
    var isProtected = true
    var password: [UInt8] = []
    /// Cycles from which on a command is worth a second look; the lesser of the next two.
    var noteworthyCycles = UInt64.max
    /// Cycles from which on a command enters the slow log; the largest number: never.
    var slowLogCycles = UInt64.max
    /// Cycles from which on a delay enters LATENCY HISTORY; the largest number: never.
    var latencyCycles = UInt64.max
    /// Entries that the slow log keeps.
    var slowLogEntriesMax = 128
    var tracksLatency = true
    var databases = 16
    /// How long a stopping node waits for replies in flight.
    var shutdownSeconds = 10
    /// Idle clients are closed after so many seconds; 0: never.
    var timeoutSeconds: Int64 = 0
    var outputLimits = BufferLimits.none
    var expiresActively = true
    var savePoints: [Settings.SavePoint] = []
    var stopsWritesAfterFailedSave = true
    var allowsDebug = Settings.Admission.no
    var admitsToProtectedConfigs = Settings.Admission.no
    var log = LogTuning()
    /// False only in debug builds, for the test that shows what the ordering is for.
    var ordersMultiShardCalls = true

    var passwordIsEmpty: Bool { password.isEmpty }

    /// Redis's bound for clients that have not authenticated.
    static let unauthenticatedQueryBufferLimit = 1 << 20
    /// A blocked connection stops receiving above this; its peer's window fills.
    static let blockedCarryLimit = 1 << 20
    /// So many bytes of replies wait for those of other cores behind them: beyond that a send of their own is worth it.
    static let heldBackMax = 16 << 10
    /// Less output than this is looked at once a second only.
    static let outputWorthChecking = 64 << 10
    /// A client with so much unread output is not worked for until it reads, unless its class has a limit in
    /// `client-output-buffer-limit`: then that decides, as in Redis. Enough to keep a fast network busy.
    static let outputThrottled = 512 << 10
    /// A carry that begins with so much is lent a buffer of the pool.
    static let carryWorthPooling = 4 << 10
    /// Bytes of buffers that a core keeps for reuse: they count toward `maxmemory`.
    var pooledBytesMax: Int { maxMemory > 0 ? min(BufferPool.bytesMax, maxMemory >> 6) : BufferPool.bytesMax }
}

extension CoreTuning {
    /// The limit of a connection's class. Those who have not authenticated get next to nothing.
    func outputLimit(of flags: Connection.Flags) -> BufferLimits.Limit {
        if !flags.contains(.authenticated) {
            return BufferLimits.Limit(
                hardBytes: Self.unauthenticatedOutputLimit, softBytes: 0, softSeconds: 0)
        }
        return flags.contains(.monitor) ? monitorLimit : outputLimits.normal
    }

    /// Monitors are ordinary clients whose output cannot be throttled: without a limit in the configuration they
    /// get one all the same.
    private var monitorLimit: BufferLimits.Limit {
        var limit = outputLimits.normal
        if limit.hardBytes == 0 || limit.hardBytes > Self.monitorOutputLimit {
            limit.hardBytes = Self.monitorOutputLimit
        }
        return limit
    }

    /// Unread lines of a monitor.
    static let monitorOutputLimit: UInt64 = 8 << 20

    /// Unread output of somebody who has not authenticated.
    static let unauthenticatedOutputLimit: UInt64 = 64 << 10
}
