/// The client's end of a simulated connection.
public final class SimulatedPeer {
    /// Bytes that the client has sent and the node has not yet received.
    var outgoing: ArraySlice<UInt8> = []
    /// The client sends no more.
    public private(set) var isFinished = false
    /// The client has torn the connection down.
    public private(set) var isReset = false

    /// Bytes from the node that have arrived and not been read.
    public internal(set) var arrived: [UInt8] = []
    /// How many bytes may wait unread before the node's sends stop: small for a slow reader.
    public var window = Int.max
    /// The node sends no more: it has shut its side or closed.
    public internal(set) var sawEnd = false
    /// The node has closed; nothing of this connection is left there.
    public internal(set) var isClosed = false
    /// The socket at the node, once accepted.
    public internal(set) var socket: SocketID?

    init() {}

    /// Sends bytes; they arrive in pieces of the seed's choosing.
    public func send(_ bytes: some Sequence<UInt8>) {
        precondition(!isFinished && !isReset, "a client that has finished sends nothing")
        outgoing.append(contentsOf: bytes)
    }

    /// Sends text.
    public func send(_ text: String) { send(text.utf8) }

    /// Half close: the node sees the end of the stream after the bytes, and may go on sending.
    public func finish() { isFinished = true }

    /// Reset: what is under way in either direction is lost.
    public func reset() {
        isReset = true
        outgoing = []
    }

    /// Takes up to `count` of the bytes that have arrived.
    public func read(upTo count: Int = .max) -> [UInt8] {
        let taken = Array(arrived.prefix(count))
        arrived.removeFirst(taken.count)
        return taken
    }

    /// How many more bytes may arrive unread.
    var room: Int { max(0, window - arrived.count) }
}
