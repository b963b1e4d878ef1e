/// What a command does with a key it names: the flags of a key spec.
public struct KeyFlags: OptionSet, Hashable, Sendable {
    /// One bit a flag, in print order.
    public let rawValue: UInt16

    /// The set with exactly these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Reads the value.
    @inlinable public static var readOnly: KeyFlags { KeyFlags(rawValue: 1 << 0) }
    /// Reads and changes the value.
    @inlinable public static var readWrite: KeyFlags { KeyFlags(rawValue: 1 << 1) }
    /// Replaces the value without reading it.
    @inlinable public static var overwrite: KeyFlags { KeyFlags(rawValue: 1 << 2) }
    /// Removes the key.
    @inlinable public static var remove: KeyFlags { KeyFlags(rawValue: 1 << 3) }
    /// The reply tells something of the stored data.
    @inlinable public static var access: KeyFlags { KeyFlags(rawValue: 1 << 4) }
    /// What is stored may depend on the arguments.
    @inlinable public static var update: KeyFlags { KeyFlags(rawValue: 1 << 5) }
    /// Adds data and changes none that is there.
    @inlinable public static var insert: KeyFlags { KeyFlags(rawValue: 1 << 6) }
    /// Deletes data on purpose.
    @inlinable public static var delete: KeyFlags { KeyFlags(rawValue: 1 << 7) }
    /// The arguments decide which of the flags hold for one call (`CommandTable.keyFlags`).
    @inlinable public static var variable: KeyFlags { KeyFlags(rawValue: 1 << 8) }

    static let names: [(KeyFlags, StaticString)] = [
        (.readOnly, "RO"), (.readWrite, "RW"), (.overwrite, "OW"), (.remove, "RM"), (.access, "access"),
        (.update, "update"), (.insert, "insert"), (.delete, "delete"), (.variable, "variable_flags"),
    ]
}

/// Where the keys of a command stand among its arguments, and what happens to them.
///
///     MSET key value key value          .from(1, step: 2, ...)
///     0    1   2     3   4
public struct KeySpec: Hashable, Sendable {
    /// Index of the first key; the command's name is argument 0.
    public var first: Int
    /// Index of the last key counted from the first one, or -1 for the last argument.
    public var last: Int
    /// Distance between two keys.
    public var step: Int
    /// What the command does with them.
    public var flags: KeyFlags
    /// A remark for readers of COMMAND INFO.
    public var notes: String?

    /// One key.
    static func at(_ index: Int, _ flags: KeyFlags, notes: String? = nil) -> KeySpec {
        KeySpec(first: index, last: 0, step: 1, flags: flags, notes: notes)
    }

    /// Keys from an index through the last argument.
    static func from(_ index: Int, step: Int = 1, _ flags: KeyFlags) -> KeySpec {
        KeySpec(first: index, last: -1, step: step, flags: flags, notes: nil)
    }

    /// Neighbouring keys.
    static func span(_ indices: ClosedRange<Int>, _ flags: KeyFlags) -> KeySpec {
        KeySpec(first: indices.lowerBound, last: indices.count - 1, step: 1, flags: flags, notes: nil)
    }
}

/// First key, last key and step: the three numbers of COMMAND INFO that cover all key specs of a command.
/// All zero for a command without keys; `last` counts from the end when negative.
public struct KeyRange: Hashable, BitwiseCopyable, Sendable {
    /// Index of the first key.
    public var first: Int16
    /// Index of the last key; -1 is the last argument.
    public var last: Int16
    /// Distance between two keys.
    public var step: Int16

    static let none = KeyRange(first: 0, last: 0, step: 0)

    init(first: Int16, last: Int16, step: Int16) {
        self.first = first
        self.last = last
        self.step = step
    }

    /// The smallest range that holds every key of the specs, which stand in argument order.
    init(covering specs: [KeySpec]) {
        guard let head = specs.first, let tail = specs.last else {
            self = .none
            return
        }
        first = Int16(head.first)
        last = Int16(tail.last < 0 ? tail.last : tail.first + tail.last)
        step = Int16(specs.map(\.step).max() ?? 1)
    }
}
