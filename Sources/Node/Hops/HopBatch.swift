import Commands
import Keyspace
import Reactor
import Wire

/// One request on its way to the core that owns its key.
struct HopRequest {
    /// Where its bytes start in the batch.
    var base: UInt32
    var length: UInt32
    /// Its arguments among the batch's ranges.
    var firstRange: UInt32
    var rangeCount: UInt32
    /// Who asked, on the origin core.
    var asker: Asker
    var hash: KeyHash
    var command: CommandID
    var database: DatabaseIndex
    var version: RESPVersion
    var flags: CallFlags
}

/// Where a reply goes on the core that asked.
enum Asker {
    /// The place `ticket` in the reply order of a connection.
    case connection(SocketID, ticket: UInt32)
    /// Part `index` of a gathered command (MGET, DBSIZE, ...) of the origin core.
    case gathering(id: UInt32, part: UInt32)
    /// The same for a step of SCAN on shard `shard`: the cursor in the reply is the shard's own.
    case scanning(SocketID, ticket: UInt32, shard: UInt16)
    /// The same for RANDOMKEY, which asks shard after shard for a key until one has one; so many are left to ask.
    case drawing(SocketID, ticket: UInt32, next: UInt16, left: UInt16)
    /// The client wants no reply, or it travels elsewhere.
    case nobody
}

/// A turn's requests from one core to another, and later their replies: one message each way.
///
/// Owned by one core at a time: the origin fills it and posts it, the owner of the keys executes it and posts it
/// back, the origin takes the replies out and puts it into its pool. Request bytes are copied (some 100 bytes
/// each), so that no receive buffer is pinned while another core is busy.
final class HopBatch: @unchecked Sendable {
    /// Requests after which a batch is posted without waiting for the end of the turn.
    static let requestsMax = 256

    let origin: CoreID
    var body = Body()

    init(origin: CoreID) {
        self.origin = origin
    }

    /// The batch's contents, reached once per batch so that the work inside pays no class access.
    struct Body: ~Copyable {
        var bytes = ByteBuffer()
        var ranges: [ArgumentRange] = []
        var requests: [HopRequest] = []
        /// All replies back to back, in the order of the requests.
        var replies = ReplyWriter(version: .v2)
        /// The end of each reply in `replies`.
        var replyEnds: [UInt32] = []
    }
}

extension HopBatch.Body {
    var isEmpty: Bool { requests.isEmpty }

    /// Copies a request into the batch.
    mutating func append(_ call: borrowing Call, from asker: Asker, version: RESPVersion) {
        let base = bytes.count
        let firstRange = ranges.count
        // As it came, frame and all: one copy, and the ranges hold as they are.
        bytes.append(call.arguments.bytes)
        for index in 0..<call.arguments.count { ranges.append(call.arguments.ranges[index]) }
        finish(call, base, firstRange, call.hash, asker, version)
    }

    /// Copies a request with some of its keys only: the name, and each key with the arguments that belong to it.
    ///
    /// - Parameter step: arguments from one key to the next.
    mutating func append(
        _ call: borrowing Call, keyIndices: [Int], step: Int, hash: KeyHash, from asker: Asker,
        version: RESPVersion
    ) {
        let base = bytes.count
        let firstRange = ranges.count
        append(call.arguments[0], base: base)
        for index in keyIndices {
            for offset in 0..<step { append(call.arguments[index + offset], base: base) }
        }
        finish(call, base, firstRange, hash, asker, version)
    }

    /// Copies a request with another first argument.
    mutating func append(
        _ call: borrowing Call, replacingFirst replacement: RawSpan, from asker: Asker, version: RESPVersion
    ) {
        let base = bytes.count
        let firstRange = ranges.count
        for index in 0..<call.arguments.count {
            append(index == 1 ? replacement : call.arguments[index], base: base)
        }
        finish(call, base, firstRange, call.hash, asker, version)
    }

    private mutating func append(_ argument: RawSpan, base: Int) {
        ranges.append(
            ArgumentRange(
                offset: UInt32(truncatingIfNeeded: bytes.count - base),
                length: UInt32(truncatingIfNeeded: argument.byteCount)))
        bytes.append(argument)
    }

    private mutating func finish(
        _ call: borrowing Call, _ base: Int, _ firstRange: Int, _ hash: KeyHash, _ asker: Asker,
        _ version: RESPVersion
    ) {
        requests.append(
            HopRequest(
                base: UInt32(base), length: UInt32(bytes.count - base), firstRange: UInt32(firstRange),
                rangeCount: UInt32(ranges.count - firstRange), asker: asker, hash: hash,
                command: call.command,
                database: call.database, version: version, flags: call.flags))
    }

    /// One of its requests, to be executed at `now`.
    @_lifetime(borrow self)
    borrowing func call(of request: HopRequest, at now: UnixMillis, _ tuning: CoreTuning, random: UInt64 = 0)
        -> Call
    {
        Call(
            request.command, arguments(of: request), hash: request.hash, database: request.database, now: now,
            flags: request.flags, stringLengthMax: tuning.parserLimits.maxBulkLength,
            databaseCount: tuning.databases, random: random)
    }

    /// The arguments of one of its requests.
    @_lifetime(borrow self)
    borrowing func arguments(of request: HopRequest) -> Arguments {
        let start = Int(request.base)
        let first = Int(request.firstRange)
        return Arguments(
            bytes: bytes.bytes.extracting(start..<(start + Int(request.length))),
            ranges: ranges.span.extracting(first..<(first + Int(request.rangeCount))))
    }

    /// The reply to request `index`.
    @_lifetime(borrow self)
    borrowing func reply(_ index: Int) -> RawSpan {
        let start = index == 0 ? 0 : Int(replyEnds[index - 1])
        return replies.buffer.bytes.extracting(start..<Int(replyEnds[index]))
    }

    /// Makes it ready to be filled again; memory is kept up to a bound.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 18)
        ranges.removeAll(keepingCapacity: true)
        requests.removeAll(keepingCapacity: true)
        replies.buffer.removeAll(keepingCapacity: replies.buffer.capacity <= 1 << 18)
        replyEnds.removeAll(keepingCapacity: true)
    }
}
