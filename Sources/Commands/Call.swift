public import Keyspace
public import Wire

/// One command on its way to a shard, with everything its outcome depends on: same call, same shard, same reply.
/// Not copyable: it is lent down the whole way, and a copy would cost more than a lookup.
public struct Call: ~Copyable, ~Escapable {
    /// Which command.
    public let command: CommandID
    /// Its arguments; the name is argument 0.
    public let arguments: Arguments
    /// The hash of its first key; any value for a command without keys.
    public let hash: KeyHash
    /// The database the connection has selected.
    public let database: DatabaseIndex
    /// The time at which the command happens.
    public let now: UnixMillis
    /// Circumstances beyond the arguments.
    public var flags: CallFlags
    /// Bytes a string may have at most: `proto-max-bulk-len`.
    public var stringLengthMax: Int
    /// How many databases the node has.
    public var databaseCount: Int
    /// Where chance comes from (RANDOMKEY).
    public var random: UInt64

    /// A call; `stringLengthMax` is 512 MiB unless configured.
    @_lifetime(copy arguments)
    public init(
        _ command: CommandID, _ arguments: Arguments, hash: KeyHash, database: DatabaseIndex, now: UnixMillis,
        flags: CallFlags = [], stringLengthMax: Int = 512 << 20, databaseCount: Int = 16,
        random: UInt64 = 0
    ) {
        self.command = command
        self.arguments = arguments
        self.hash = hash
        self.database = database
        self.now = now
        self.flags = flags
        self.stringLengthMax = stringLengthMax
        self.databaseCount = databaseCount
        self.random = random
    }
}

/// Circumstances of a call beyond its arguments.
public struct CallFlags: OptionSet, BitwiseCopyable, Sendable {
    /// One bit a circumstance.
    public let rawValue: UInt8

    /// The set with exactly these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The client asked not to touch access times (CLIENT NO-TOUCH).
    @inlinable public static var noTouch: CallFlags { CallFlags(rawValue: 1 << 0) }
    /// The call comes from a log: its time may be long past and must not decide anything.
    @inlinable public static var replays: CallFlags { CallFlags(rawValue: 1 << 2) }
    /// The eviction policy in force keeps access frequencies instead of access times.
    @inlinable public static var tracksFrequency: CallFlags { CallFlags(rawValue: 1 << 1) }
}

extension Call {
    /// The first key of most commands.
    @inline(__always)
    var key: RawSpan {
        @_lifetime(copy self)
        get { arguments[1] }
    }

    /// An argument that must be an integer.
    @inline(__always)
    func integer(at index: Int) throws(CommandError) -> Int64 {
        guard let value = Decimal.parse(arguments[index]) else { throw .notInteger }
        return value
    }

    /// An argument that must be a 32-bit integer.
    func narrowInteger(at index: Int, else error: CommandError? = nil) throws(CommandError) -> Int {
        guard let value = Decimal.parse(arguments[index]) else { throw error ?? .notInteger }
        guard let narrow = Int32(exactly: value) else { throw error ?? .outOfIntRange }
        return Int(narrow)
    }

    /// An argument that must name a database.
    func databaseIndex(at index: Int, of count: Int) throws(CommandError) -> DatabaseIndex {
        let number = try narrowInteger(at: index)
        guard 0..<count ~= number else { throw .databaseOutOfRange }
        return DatabaseIndex(rawValue: UInt8(number))
    }
}
