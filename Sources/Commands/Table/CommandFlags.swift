/// What a command may do and when it may run: the flags of COMMAND INFO, under Redis's names.
public struct CommandFlags: OptionSet, Hashable, BitwiseCopyable, Sendable {
    /// One bit a flag; the order is the order in which COMMAND INFO prints them.
    public let rawValue: UInt32

    /// The set with exactly these bits.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// May change data.
    @inlinable public static var write: CommandFlags { CommandFlags(rawValue: 1 << 0) }
    /// Reads data and never changes it.
    @inlinable public static var readonly: CommandFlags { CommandFlags(rawValue: 1 << 1) }
    /// Refused while memory is above `maxmemory` and nothing can be evicted.
    @inlinable public static var denyOOM: CommandFlags { CommandFlags(rawValue: 1 << 2) }
    /// For operators.
    @inlinable public static var admin: CommandFlags { CommandFlags(rawValue: 1 << 3) }
    /// Part of publish and subscribe.
    @inlinable public static var pubsub: CommandFlags { CommandFlags(rawValue: 1 << 4) }
    /// Not callable from scripts.
    @inlinable public static var noScript: CommandFlags { CommandFlags(rawValue: 1 << 5) }
    /// May keep its client waiting.
    @inlinable public static var blocking: CommandFlags { CommandFlags(rawValue: 1 << 6) }
    /// Answers while the data set is being loaded.
    @inlinable public static var loading: CommandFlags { CommandFlags(rawValue: 1 << 7) }
    /// Answers on a replica whose data is stale.
    @inlinable public static var stale: CommandFlags { CommandFlags(rawValue: 1 << 8) }
    /// Not shown by MONITOR.
    @inlinable public static var skipMonitor: CommandFlags { CommandFlags(rawValue: 1 << 9) }
    /// Not kept in the slow log.
    @inlinable public static var skipSlowlog: CommandFlags { CommandFlags(rawValue: 1 << 10) }
    /// Takes the place of ASKING on an importing node.
    @inlinable public static var asking: CommandFlags { CommandFlags(rawValue: 1 << 11) }
    /// Constant or logarithmic time.
    @inlinable public static var fast: CommandFlags { CommandFlags(rawValue: 1 << 12) }
    /// Allowed before authentication.
    @inlinable public static var noAuth: CommandFlags { CommandFlags(rawValue: 1 << 13) }
    /// A valid call may name no key at all.
    @inlinable public static var noMandatoryKeys: CommandFlags { CommandFlags(rawValue: 1 << 14) }
    /// Refused while a replica swaps in a new data set.
    @inlinable public static var noAsyncLoading: CommandFlags { CommandFlags(rawValue: 1 << 15) }
    /// Refused inside MULTI.
    @inlinable public static var noMulti: CommandFlags { CommandFlags(rawValue: 1 << 16) }
    /// Keys are not at fixed positions.
    @inlinable public static var movableKeys: CommandFlags { CommandFlags(rawValue: 1 << 17) }
    /// Answers while a script overstays its time.
    @inlinable public static var allowBusy: CommandFlags { CommandFlags(rawValue: 1 << 18) }

    /// Flags with their names, in print order.
    static let names: [(CommandFlags, StaticString)] = [
        (.write, "write"), (.readonly, "readonly"), (.denyOOM, "denyoom"), (.admin, "admin"),
        (.pubsub, "pubsub"), (.noScript, "noscript"), (.blocking, "blocking"), (.loading, "loading"),
        (.stale, "stale"), (.skipMonitor, "skip_monitor"), (.skipSlowlog, "skip_slowlog"),
        (.asking, "asking"), (.fast, "fast"), (.noAuth, "no_auth"),
        (.noMandatoryKeys, "no_mandatory_keys"), (.noAsyncLoading, "no_async_loading"),
        (.noMulti, "no_multi"), (.movableKeys, "movablekeys"), (.allowBusy, "allow_busy"),
    ]
}

/// The families of access control: what `+@string` or `-@dangerous` names.
public struct CommandCategories: OptionSet, Hashable, Sendable {
    /// One bit a category; the order is the order in which COMMAND INFO prints them.
    public let rawValue: UInt32

    /// The set with exactly these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    static let keyspace = CommandCategories(rawValue: 1 << 0)
    static let read = CommandCategories(rawValue: 1 << 1)
    static let write = CommandCategories(rawValue: 1 << 2)
    static let string = CommandCategories(rawValue: 1 << 7)
    static let bitmap = CommandCategories(rawValue: 1 << 8)
    static let pubsub = CommandCategories(rawValue: 1 << 12)
    static let admin = CommandCategories(rawValue: 1 << 13)
    static let fast = CommandCategories(rawValue: 1 << 14)
    static let slow = CommandCategories(rawValue: 1 << 15)
    static let blocking = CommandCategories(rawValue: 1 << 16)
    static let dangerous = CommandCategories(rawValue: 1 << 17)
    static let connection = CommandCategories(rawValue: 1 << 18)
    static let scripting = CommandCategories(rawValue: 1 << 20)

    /// Every category with its name, in print order. Those without commands yet are known names all the same:
    /// `COMMAND LIST FILTERBY ACLCAT geo` is an empty list, not an error.
    public static let names: [(category: CommandCategories, name: StaticString)] = {
        let inOrder: [StaticString] = [
            "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap",
            "hyperloglog", "geo", "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous",
            "connection", "transaction", "scripting",
        ]
        return inOrder.enumerated().map { (CommandCategories(rawValue: 1 << UInt32($0)), $1) }
    }()

    /// What follows from the flags alone: a write is in @write, an admin command is dangerous, and every command
    /// is either fast or slow.
    static func implied(by flags: CommandFlags) -> CommandCategories {
        var categories: CommandCategories = flags.contains(.fast) ? .fast : .slow
        if flags.contains(.write) { categories.insert(.write) }
        if flags.contains(.readonly) { categories.insert(.read) }
        if flags.contains(.admin) { categories.formUnion([.admin, .dangerous]) }
        if flags.contains(.pubsub) { categories.insert(.pubsub) }
        if flags.contains(.blocking) { categories.insert(.blocking) }
        return categories
    }
}
