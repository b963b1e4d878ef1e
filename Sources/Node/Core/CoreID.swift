/// One core of the node: its place among the cores, 0 to count - 1; not the number of a processor.
struct CoreID: Hashable, Sendable {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ index: Int) { rawValue = UInt16(index) }

    /// For arrays with a place per core.
    var index: Int { Int(rawValue) }
}

/// Through which door a connection came.
struct ListenerIndex: Hashable, Sendable {
    let rawValue: Int

    private init(rawValue: Int) { self.rawValue = rawValue }

    /// The door of a listener by the number it was given: a door has a listener for each address.
    init(listener: Int) { rawValue = listener % Self.doors }

    /// How many doors there are.
    static let doors = 3

    /// The number of the door's listener for the `address`-th address.
    func listener(address: Int) -> Int { address * Self.doors + rawValue }

    /// The node's port, open on every core.
    static let main = ListenerIndex(rawValue: 0)
    /// The port of this very core (`core-ports yes`).
    static let corePort = ListenerIndex(rawValue: 1)
    /// The Unix socket.
    static let unix = ListenerIndex(rawValue: 2)
}
