import BasicContainers
import Commands
import Keyspace
import Reactor
import Wire

/// A parsed request that waits to be executed within this turn.
struct PendingRequest {
    /// Slot of its connection.
    var slot: UInt32
    /// Where it starts in the bytes of its source.
    var base: UInt32
    var length: UInt32
    /// Its arguments among the batch's ranges.
    var firstRange: UInt32
    var rangeCount: UInt32
    /// nil when the name is unknown.
    var command: CommandID?
    /// Of its first key, where it has one.
    var hash: KeyHash
}

/// A receive buffer whose requests stand in the batch.
struct BatchSource {
    var buffer: BufferID
    /// Bytes received into it.
    var count: Int32
    var slot: UInt32
    /// Its requests in the batch.
    var firstRequest: UInt32
    var requestsEnd: UInt32
    /// Where the bytes start that no batch has executed, nor a carry taken.
    var parsedStart: Int32
    /// How far it has been parsed.
    var parsedEnd: Int32
    /// Fully parsed: goes back to the ring after execution.
    var isFinished: Bool

    init(_ event: Event, firstRequest: Int) {
        buffer = event.buffer
        count = event.count
        slot = event.socket.slot
        self.firstRequest = UInt32(firstRequest)
        requestsEnd = UInt32(firstRequest)
        parsedStart = 0
        parsedEnd = 0
        isFinished = false
    }

    /// Where its last request in the batch ends.
    func endOfRequests(in batch: borrowing RequestBatch) -> Int {
        let last = batch.requests[Int(requestsEnd) - 1]
        return Int(last.base + last.length)
    }
}

/// The requests of a turn between parsing and execution. Lives on one core.
///
/// Parsing runs ahead of execution so that the cache misses of many keys overlap: all buckets are prefetched while
/// parsing goes on, then all entries, and only then the first request is executed. Requests of all connections
/// that received something share one batch.
struct RequestBatch: ~Copyable {
    /// Requests after which a batch is executed even though more are there: enough to overlap memory latency, few
    /// enough that their table lines are still in the first-level cache when they are executed.
    static let requestsMax = 64
    /// Ranges after which they are cleared: as many as lie in 4 KiB.
    private static let rangesMax = 512

    var requests = UniqueArray<PendingRequest>()
    /// Those of earlier batches may lie before them: clearing an array costs a call, and a turn of one request would
    /// clear two numbers.
    var ranges: [ArgumentRange] = []
    var sources = UniqueArray<BatchSource>()

    init() {
        requests.reserveCapacity(Self.requestsMax + 1)
        ranges.reserveCapacity(1024)
        sources.reserveCapacity(1024)
    }

    var isFull: Bool { requests.count >= Self.requestsMax }

    /// The arguments of a request whose source's bytes are `bytes`.
    @_lifetime(copy bytes, borrow self)
    borrowing func arguments(of request: PendingRequest, in bytes: RawSpan) -> Arguments {
        let start = Int(request.base)
        let first = Int(request.firstRange)
        return Arguments(
            bytes: bytes.extracting(start..<(start + Int(request.length))),
            ranges: ranges.span.extracting(first..<(first + Int(request.rangeCount))))
    }

    /// The argument whose range is at `range`, of a request whose bytes are `bytes`.
    @inline(__always) @_lifetime(copy bytes)
    func argument(_ range: Int, in bytes: RawSpan) -> RawSpan {
        let range = ranges[range]
        return bytes.extracting(Int(range.offset)..<(Int(range.offset) + Int(range.length)))
    }

    /// The last source is parsed to its end.
    mutating func finishSource() {
        let index = sources.count - 1
        sources[index].requestsEnd = UInt32(requests.count)
        sources[index].parsedEnd = sources[index].count
        sources[index].isFinished = true
    }

    /// The rest of the last source lies in its connection's carry.
    mutating func leaveSource() {
        let index = sources.count - 1
        sources[index].parsedStart = sources[index].count
    }

    /// Forgets the requests, keeps the sources.
    mutating func removeAllRequests() {
        requests.removeAll(keepingCapacity: true)
        clearRanges()
    }

    mutating func removeAll() {
        removeAllRequests()
        sources.removeAll(keepingCapacity: true)
    }

    /// Once there are many. All the memory of a request that had very many goes.
    private mutating func clearRanges() {
        guard ranges.count >= Self.rangesMax else { return }
        ranges.removeAll(keepingCapacity: ranges.capacity <= 1 << 16)
    }
}
