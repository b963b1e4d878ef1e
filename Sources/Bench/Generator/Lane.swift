import Reactor
import Wire

/// One of the generator's clients: a place that keeps its number while connections come and go. Lives on one core.
///
/// It carries one batch at a time: requests that leave in one send, and whose answers are all awaited before the next.
struct Lane: ~Copyable {
    /// Where in its life a lane is.
    enum State: UInt8 {
        /// No connection; tries again at `retryAt`.
        case down
        /// CONNECT is under way.
        case connecting
        /// Connected; answers to HELLO or AUTH are awaited.
        case greeting
        /// Has nothing to do: stands in the list of free lanes.
        case free
        /// A batch is under way.
        case busy
        /// Waits for the socket's last event.
        case closing
    }

    var state = State.down
    var socket = SocketID.none
    /// Which of the endpoints it talks to.
    var endpoint: Int
    /// The batch as bytes; lent to the ring while `isSending`.
    var output = ByteBuffer()
    var isSending = false
    var skimmer: ReplySkimmer
    /// Requests of the batch, and how many have been answered.
    var batchCount = 0
    var answered = 0
    /// The server has answered the ASKING in front of the next request.
    var hasAsked = false
    /// Answers to the greeting still to come.
    var greetings = 0
    var retryAt = Instant.past

    init(endpoint: Int, skimmer: consuming ReplySkimmer) {
        self.endpoint = endpoint
        self.skimmer = skimmer
    }
}

/// A request under way.
struct Pending {
    /// When it was meant to leave, in nanoseconds.
    var intended: UInt64 = 0
    /// The number of its (first) key.
    var key: UInt32 = 0
    /// Which command of the plan.
    var command: UInt16 = 0
    /// How often an answer has named another server for it. It is sent again, and its moment stays.
    var redirects: UInt8 = 0
    /// Goes behind an ASKING, to a server that does not own its slot yet.
    var isAsking = false
}
