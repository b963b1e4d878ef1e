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
    /// The node's port, open on every core.
    static let main = ListenerIndex(rawValue: 0)
    /// The port of this very core (`core-ports yes`).
    static let corePort = ListenerIndex(rawValue: 1)
    /// The Unix socket.
    static let unix = ListenerIndex(rawValue: 2)
}
