import Commands
import Keyspace
import Reactor
import Wire

/// A command that touches several shards and must look like one step to everybody.
///
/// Shared: it travels between cores inside messages. Its constants are written before the first message; each
/// `MultiPart` is touched only by its own core between `lock` and `arrived` and between `apply` and `done`, and by
/// the origin in between.
///
///     origin            sequencer           shards involved
///       │ ── order ──────▶ │                       │
///       │                  │ ── lock (in order) ──▶│  queue the keys; when they are ours: gather
///       │ ◀─────────────────────────── arrived ────│
///       │ combine                                  │
///       │ ── store ───────────────────────────────▶│  if several shards write: what needs memory first,
///       │ ◀──────────────────────────── stored ────│  so that a full shard can still stop all of it
///       │ ── apply ───────────────────────────────▶│  write, release the keys
///       │ ◀─────────────────────────────── done ───│
///       ▼ reply
final class MultiCall: @unchecked Sendable {
    let id: UInt64
    let origin: CoreID
    let asker: SocketID
    /// The place of its reply.
    let ticket: UInt32
    let command: CommandID
    let route: Route
    /// Arguments from one key to the next.
    let step: Int
    let database: DatabaseIndex
    let flags: CallFlags
    let version: RESPVersion
    /// The request, copied: its receive buffer goes back to the ring at once.
    let request: RequestCopy
    let parts: [MultiPart]
    /// Changes something: readers that gather without locks must notice it.
    let isWrite: Bool
    /// When it was asked for, by the origin's clock of the turn: all parts use one time.
    let now: UnixMillis
    /// Instead of a command: what each shard does when all of it is ours, and what the origin does in the end. Of
    /// such a call nobody waits for a reply.
    let wholeNodeStep: WholeNodeStep?
    /// Parts that have not reported the current step; touched by the origin only.
    var partsAwaited: Int
    /// Several shards write: they store before anything is removed. Set by the origin before `store`.
    var isStaged = false
    /// A shard has no room: nothing is written, or what was is taken back. Set by the origin before `apply`.
    var isRefused = false
    /// The cores' files from this call on, if it begins a generation of the log. Set by the origin before `apply`.
    var logPaths: [String] = []
    /// Why that could not be done: then the call changes nothing. Set by the origin before `apply`.
    var logFailure: Int32 = 0
    /// The reply of `combine`; written and read by the origin only.
    var reply: [UInt8] = []

    init(
        id: UInt64, origin: CoreID, asker: SocketID, ticket: UInt32, command: CommandID, route: Route,
        step: Int, database: DatabaseIndex, flags: CallFlags, version: RESPVersion, request: RequestCopy,
        parts: [MultiPart], isWrite: Bool, now: UnixMillis, wholeNodeStep: WholeNodeStep? = nil
    ) {
        self.id = id
        self.origin = origin
        self.asker = asker
        self.ticket = ticket
        self.command = command
        self.step = step
        self.route = route
        self.database = database
        self.flags = flags
        self.version = version
        self.request = request
        self.parts = parts
        self.isWrite = isWrite
        self.now = now
        self.wholeNodeStep = wholeNodeStep
        partsAwaited = parts.count
    }

    /// The part of core `core`.
    func part(of core: CoreID) -> MultiPart {
        guard let part = parts.first(where: { $0.core == core }) else {
            preconditionFailure("a core was asked for a call that does not involve it")
        }
        return part
    }
}

/// Something done to all shards at one point of the order of all writes.
struct WholeNodeStep: Sendable {
    /// On each core.
    let body: @Sendable (inout CoreState) -> Void
    /// On the core that asked, when all have done it.
    let finish: @Sendable (inout CoreState) -> Void
}

/// One shard's share of a multi-shard call.
final class MultiPart: @unchecked Sendable {
    let core: CoreID
    /// Positions of its keys among the request's arguments; nil for the whole shard.
    let keyIndices: [Int]?
    /// What `gather` found, per key index.
    var images: [(index: Int, image: KeyImage)] = []
    /// What `apply` has to write.
    var writes: [KeyWrite] = []
    /// This shard's reply.
    var reply: [UInt8] = []
    /// Processor cycles that this core spent on it.
    var cycles: UInt64 = 0
    /// How many of `writes` have stored something.
    var stores = 0
    /// A write found no memory: what it should have stored is not there.
    var hasFailed = false

    init(core: CoreID, keyIndices: [Int]?) {
        self.core = core
        self.keyIndices = keyIndices
    }
}

/// A request's own copy of its bytes.
struct RequestCopy: Sendable {
    let bytes: [UInt8]
    let ranges: [ArgumentRange]

    /// No request.
    init() {
        bytes = []
        ranges = []
    }

    init(_ arguments: borrowing Arguments) {
        var bytes: [UInt8] = []
        var ranges: [ArgumentRange] = []
        for index in 0..<arguments.count {
            let argument = arguments[index]
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), length: UInt32(argument.byteCount)))
            bytes.append(contentsOf: argument.copied())
        }
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Its arguments.
    var arguments: Arguments {
        @_lifetime(borrow self)
        get { Arguments(bytes: bytes.span.raw, ranges: ranges.span) }
    }
}
