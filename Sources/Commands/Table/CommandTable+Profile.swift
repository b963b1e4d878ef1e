/// What dispatch needs to know of a command, in one sixteen-byte read.
///
///     | flags 4 | first 2 | last 2 | step 2 | arity 2 | route 2 |
public struct CommandProfile: BitwiseCopyable, Sendable {
    /// What it may do and when it may run.
    public let flags: CommandFlags
    /// Where its keys are; for a container, where those of its subcommands are.
    public let keys: KeyRange
    /// Number of arguments, the name included; negative where that is the least number.
    public let arity: Int16
    /// Where it runs.
    public let route: Route

    init(_ spec: CommandSpec) {
        flags = spec.flags
        arity = Int16(spec.arity)
        route = spec.route
        let inside = spec.subcommands.lazy.map(\.keyRange).first { $0 != .none }
        keys = spec.route == .connection ? .none : inside ?? spec.keyRange
    }

    /// Says whether a call with this many arguments is acceptable.
    @inlinable
    public func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount == Int(arity) : argumentCount >= -Int(arity)
    }

    /// Says whether every key has what belongs to it. MSET with an odd one out must not be split over shards: any
    /// one shard answers it with the error.
    @inlinable
    public func pairsUp(argumentCount: Int) -> Bool {
        keys.step < 2 || (argumentCount - Int(keys.first)) % Int(keys.step) == 0
    }

    /// The indices of the keys in a call with this many arguments; empty where it names none.
    @inlinable
    public func keyIndices(argumentCount: Int) -> KeyIndices {
        guard keys.first > 0, Int(keys.first) < argumentCount else {
            return KeyIndices(first: 0, end: 0, step: 1)
        }
        let last = keys.last < 0 ? argumentCount + Int(keys.last) : min(Int(keys.last), argumentCount - 1)
        return KeyIndices(first: Int(keys.first), end: last + 1, step: Int(keys.step))
    }
}

/// The argument indices of a call's keys.
public struct KeyIndices: RandomAccessCollection, BitwiseCopyable, Sendable {
    let first: Int
    let end: Int
    let step: Int

    @usableFromInline
    init(first: Int, end: Int, step: Int) {
        self.first = first
        self.end = end
        self.step = step
    }

    /// Position of the first key among the keys.
    public var startIndex: Int { 0 }
    /// Number of keys.
    public var endIndex: Int { end > first ? (end - first + step - 1) / step : 0 }
    /// The argument index of the key at this position among the keys.
    public subscript(position: Int) -> Int { first + position * step }
}

extension CommandTable {
    /// The profile of a command.
    public static func profile(of id: CommandID) -> CommandProfile { index.profile(of: id) }
}
