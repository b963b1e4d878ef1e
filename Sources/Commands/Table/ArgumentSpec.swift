/// One argument in a command's documentation: what COMMAND DOCS tells about it.
public struct ArgumentSpec: Hashable, Sendable {
    /// What a client should send.
    public enum Kind: String, Sendable {
        case string, integer, double, key, pattern, block
        case unixTime = "unix-time"
        case pureToken = "pure-token"
        case oneOf = "oneof"
    }

    /// How often it may appear.
    public struct Occurrence: OptionSet, Hashable, Sendable {
        /// One bit a property, in print order.
        public let rawValue: UInt8
        /// The set with exactly these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// May be left out.
        public static let optional = Occurrence(rawValue: 1 << 0)
        /// May be repeated.
        public static let multiple = Occurrence(rawValue: 1 << 1)

        /// Each repetition carries the token again.
        public static let eachWithToken = Occurrence(rawValue: 1 << 2)

        static let names: [(Occurrence, StaticString)] = [
            (.optional, "optional"), (.multiple, "multiple"), (.eachWithToken, "multiple_token"),
        ]
    }

    /// Its name in the documentation.
    public var name: String
    /// What a client should send.
    public var kind: Kind
    /// The word that announces it: `EX` before a number of seconds.
    public var token: String?
    /// Which key spec a key belongs to.
    public var keySpecIndex: Int?
    /// The version that brought it, where that is later than the command.
    public var since: String?
    /// The version that advised against it.
    public var deprecatedSince: String?
    /// How often it may appear.
    public var occurrence: Occurrence = []
    /// The parts of a block, the choices of a one-of.
    public var parts: [ArgumentSpec] = []

    init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    // MARK: Words for the declarations in Families/

    static func key(_ name: String = "key", spec: Int = 0) -> ArgumentSpec {
        var argument = ArgumentSpec(name, .key)
        argument.keySpecIndex = spec
        return argument
    }

    static func string(_ name: String) -> ArgumentSpec { ArgumentSpec(name, .string) }
    static func integer(_ name: String) -> ArgumentSpec { ArgumentSpec(name, .integer) }
    static func double(_ name: String) -> ArgumentSpec { ArgumentSpec(name, .double) }
    static func pattern(_ name: String) -> ArgumentSpec { ArgumentSpec(name, .pattern) }
    static func unixTime(_ name: String) -> ArgumentSpec { ArgumentSpec(name, .unixTime) }

    /// A bare word, named after itself in lower case.
    static func word(_ token: String, named name: String? = nil) -> ArgumentSpec {
        ArgumentSpec(name ?? token.lowercased(), .pureToken).after(token)
    }

    static func oneOf(_ name: String, _ choices: ArgumentSpec...) -> ArgumentSpec {
        var argument = ArgumentSpec(name, .oneOf)
        argument.parts = choices
        return argument
    }

    static func block(_ name: String, _ parts: ArgumentSpec...) -> ArgumentSpec {
        var argument = ArgumentSpec(name, .block)
        argument.parts = parts
        return argument
    }

    var optional: ArgumentSpec { with { $0.occurrence.insert(.optional) } }
    var multiple: ArgumentSpec { with { $0.occurrence.insert(.multiple) } }
    var eachWithToken: ArgumentSpec { with { $0.occurrence.insert(.eachWithToken) } }
    func after(_ token: String) -> ArgumentSpec { with { $0.token = token } }
    func since(_ version: String) -> ArgumentSpec { with { $0.since = version } }
    func deprecated(since version: String) -> ArgumentSpec { with { $0.deprecatedSince = version } }

    private func with(_ change: (inout ArgumentSpec) -> Void) -> ArgumentSpec {
        var copy = self
        change(&copy)
        return copy
    }
}
