import Commands
import Durability
import Keyspace
import Reactor
import Synchronization
import Wire

/// The repetition of a log by all cores: each reads all files and executes what concerns its own keys. Shared.
///
/// All cores go through the same records in the same order, so they need to talk only where data flows between keys of
/// different cores (RENAME, COPY, BITOP ... in a file that redis-server wrote, or another number of cores). At such a
/// record each core puts what it has of the keys on the table, waits until all have, and applies its own part of what
/// follows from it.
final class LogReplayJob: Sendable {
    /// A file, and where its records end.
    struct File: Sendable {
        let path: String
        let end: Int
    }

    let files: [File]
    let coreCount: Int
    let bytes: Int
    /// Bytes of the snapshot that has been loaded before.
    let baseBytes: Int
    let startedAt: Instant
    /// Calls when it is over, on the core that ends last.
    let finish: @Sendable (inout CoreState, String?) -> Void
    private let shared: Mutex<Shared>
    /// Bytes that each core has worked off.
    private let bytesDone: [LoadJob.Progress]

    /// Bytes of the files that the cores have worked off on average.
    var bytesLoaded: Int {
        bytesDone.reduce(0) { $0 + $1.bytes.load(ordering: .relaxed) } / max(1, bytesDone.count)
    }

    /// Core `core` has worked off so many bytes more.
    func note(_ count: Int, by core: CoreID) { bytesDone[core.index].bytes.add(count, ordering: .relaxed) }

    private struct Shared {
        var coresAwaited: Int
        var failure: String?
        /// The record at hand, by its count, with the images that the cores have put there.
        var tables: [Int: Table] = [:]
    }

    private struct Table {
        var images: [(index: Int, image: KeyImage)] = []
        var given = 0
        var taken = 0
    }

    init(
        files: [File], baseBytes: Int = 0, coreCount: Int, startedAt: Instant,
        finish: @escaping @Sendable (inout CoreState, String?) -> Void
    ) {
        self.files = files
        self.baseBytes = baseBytes
        self.coreCount = coreCount
        self.finish = finish
        self.startedAt = startedAt
        bytes = files.reduce(0) { $0 + $1.end }
        bytesDone = (0..<coreCount).map { _ in LoadJob.Progress() }
        shared = Mutex(Shared(coresAwaited: coreCount))
    }

    var hasFailed: Bool { shared.withLock { $0.failure != nil } }

    /// A core is through, or cannot go on. True for the last, which tells what came of it.
    func end(failure: String?) -> (isLast: Bool, failure: String?) {
        shared.withLock { shared in
            shared.coresAwaited -= 1
            if shared.failure == nil { shared.failure = failure }
            return (shared.coresAwaited == 0, shared.failure)
        }
    }

    /// A core's part of what is known about the keys of record `number`.
    func give(_ images: [(index: Int, image: KeyImage)], of number: Int) {
        shared.withLock { shared in
            shared.tables[number, default: Table()].images += images
            shared.tables[number, default: Table()].given += 1
        }
    }

    /// All of it, in the order of the keys, once every core has given its part; nil before. The last that takes it
    /// clears the table.
    func take(of number: Int) -> [KeyImage]? {
        shared.withLock { shared in
            guard var table = shared.tables[number], table.given == coreCount else { return nil }
            table.taken += 1
            shared.tables[number] = table.taken == coreCount ? nil : table
            return table.images.sorted { $0.index < $1.index }.map(\.image)
        }
    }
}

/// One core's place in the repetition. Lives on its core.
struct LogReplay: ~Copyable {
    let job: LogReplayJob
    private let disk: any Disk
    private var fileIndex = 0
    /// Bytes of the file that have been read.
    private var readTo = 0
    /// Bytes of the file that lie before the window's place.
    private var window = ByteBuffer()
    private var place = 0
    private var windowStart = 0
    private var scanner = LogScanner(verifying: false)
    private var ranges: [ArgumentRange] = []
    private var database = DatabaseIndex(rawValue: 0)
    /// Records that data of several cores went into; the one waited for, if one is.
    private var tables = 0
    private var isAwaiting = false

    /// Bytes read at a time, and about what one step works off.
    private static let blockBytes = 1 << 20

    init(_ job: LogReplayJob, disk: any Disk) {
        self.job = job
        self.disk = disk
    }

    /// What a step has come to.
    enum Progress {
        case busy
        case done
    }

    /// Why a log cannot be repeated.
    struct Failure: Error {
        let text: String
    }

    /// Executes records for about so long.
    mutating func step(on state: inout CoreState, micros: Int64) throws(Failure) -> Progress {
        guard fileIndex < job.files.count else { return .done }
        let file = job.files[fileIndex]
        var taken = ByteBuffer()
        swap(&taken, &window)
        defer { swap(&taken, &window) }
        let before = place
        let needsMore = try execute(taken, on: &state, until: Cycles.now() &+ Cycles.ticks(micros: micros))
        job.note(place - before, by: state.id)
        guard needsMore else { return .busy }
        taken.removePrefix(place)
        windowStart += place
        place = 0
        guard readTo < file.end else {
            guard taken.isEmpty else {
                throw Failure(
                    text:
                        "\(file.path): offset \(windowStart): the records have changed since they were checked"
                )
            }
            fileIndex += 1
            (readTo, windowStart) = (0, 0)
            scanner = LogScanner(verifying: false)
            // A new file says itself which database it means.
            database = DatabaseIndex(rawValue: 0)
            return .busy
        }
        try read(file, into: &taken)
        return .busy
    }

    private mutating func read(
        _ file: LogReplayJob.File, into window: inout ByteBuffer
    ) throws(Failure) {
        do throws(DiskError) {
            // A record longer than what there is doubles it.
            let count = min(max(Self.blockBytes, window.count), file.end - readTo)
            let bytes = try disk.read(file.path, from: readTo, count: count)
            guard !bytes.isEmpty else { throw DiskError(errno: 5) }
            window.append(bytes)
            readTo += bytes.count
        } catch {
            throw Failure(text: "\(file.path) cannot be read: \(error)")
        }
    }

    /// Executes the whole records of the window, from `place` on, until that time. True if it holds no more of them.
    private mutating func execute(
        _ window: borrowing ByteBuffer, on state: inout CoreState, until end: UInt64
    ) throws(Failure) -> Bool {
        while Cycles.now() < end {
            ranges.removeAll(keepingCapacity: true)
            let rest = window.bytes.from(place)
            switch scanner.next(rest, appendingTo: &ranges) {
            case .incomplete: return true
            case .annotation(let length): place += length
            case .request(let length):
                var mine: [ArgumentRange] = []
                swap(&mine, &ranges)
                try perform(mine, of: rest.extracting(0..<length), on: &state)
                swap(&mine, &ranges)
                // The same record again, when all have come here.
                guard !isAwaiting else { return false }
                place += length
            case .broken, .wrongSum:
                throw failure("the records have changed since they were checked")
            }
        }
        return false
    }

    private func failure(_ reason: String) -> Failure {
        Failure(text: "\(job.files[fileIndex].path): offset \(windowStart + place): \(reason)")
    }

    private mutating func perform(
        _ ranges: [ArgumentRange], of bytes: RawSpan, on state: inout CoreState
    ) throws(Failure) {
        try perform(Arguments(bytes: bytes, ranges: ranges.span), on: &state)
    }

    private mutating func perform(_ arguments: Arguments, on state: inout CoreState) throws(Failure) {
        guard let command = CommandTable.find(arguments[0]) else {
            // Redis's transactions: their commands follow one by one.
            if arguments.count == 1, arguments[0].spells("multi") || arguments[0].spells("exec") { return }
            throw failure("unknown command '\(arguments[0].text)'")
        }
        let profile = CommandTable.profile(of: command)
        guard profile.accepts(argumentCount: arguments.count) else {
            throw failure("wrong number of arguments for '\(arguments[0].text)'")
        }
        if command == .select { return try select(arguments, of: state.tuning.databases) }
        guard profile.flags.contains(.write) else {
            throw failure("'\(arguments[0].text)' is no command that changes data")
        }
        switch profile.route {
        case .connection: throw failure("'\(arguments[0].text)' is no command that changes data")
        case .everyShard: try run(command, arguments, on: &state)
        case .firstKey:
            let key = arguments[Int(profile.keys.first)]
            guard state.owner(of: key) == state.id else { return }
            try run(command, arguments, on: &state)
        case .eachKey: try runOwn(command, arguments, profile, on: &state)
        case .multiKey: try runTogether(command, arguments, profile, on: &state)
        }
    }

    private mutating func select(_ arguments: borrowing Arguments, of count: Int) throws(Failure) {
        guard let number = Decimal.parse(arguments[1]), 0..<Int64(count) ~= number else {
            throw failure("SELECT of a database beyond the \(count) there are; raise 'databases'")
        }
        database = DatabaseIndex(rawValue: UInt8(number))
    }

    @_lifetime(copy arguments)
    private func call(_ command: CommandID, _ arguments: Arguments, on state: borrowing CoreState) -> Call {
        let first = Int(CommandTable.profile(of: command).keys.first)
        let hash = first > 0 && first < arguments.count ? state.shard.hash(arguments[first]) : .none
        return Call(
            command, arguments, hash: hash, database: database, now: state.now, flags: .replays,
            stringLengthMax: Int(UInt32.max) >> 1, databaseCount: state.tuning.databases)
    }

    private func run(_ command: CommandID, _ arguments: Arguments, on state: inout CoreState) throws(Failure)
    {
        var reply = ReplyWriter(version: .v2)
        Executor.execute(call(command, arguments, on: state), on: &state.shard, reply: &reply)
        guard reply.buffer.count > 0, reply.buffer.bytes.byte(at: 0) == UInt8(ascii: "-") else { return }
        throw failure(
            "'\(arguments[0].text)' answers: \(String(decoding: reply.buffer.bytes.copied().dropFirst().prefix { $0 != 0x0D }, as: UTF8.self))"
        )
    }

    /// A command whose keys are independent of each other: with those that are ours.
    private mutating func runOwn(
        _ command: CommandID, _ arguments: Arguments, _ profile: CommandProfile, on state: inout CoreState
    ) throws(Failure) {
        let step = Int(profile.keys.step)
        guard state.coreCount > 1, profile.pairsUp(argumentCount: arguments.count) else {
            return try run(command, arguments, on: &state)
        }
        var own: [ArgumentRange] = [arguments.ranges[0]]
        for index in profile.keyIndices(argumentCount: arguments.count)
        where state.owner(of: arguments[index]) == state.id {
            for offset in 0..<step { own.append(arguments.ranges[index + offset]) }
        }
        guard own.count > 1 else { return }
        try run(command, Arguments(bytes: arguments.bytes, ranges: own.span), on: &state)
    }

    /// A command whose data flows between keys: at once if all are ours, else with the other cores.
    private mutating func runTogether(
        _ command: CommandID, _ arguments: Arguments, _ profile: CommandProfile, on state: inout CoreState
    ) throws(Failure) {
        let indices = profile.keyIndices(argumentCount: arguments.count)
        var owners: Set<CoreID> = []
        for index in indices { owners.insert(state.owner(of: arguments[index])) }
        if owners.count == 1 {
            if owners.contains(state.id) { try run(command, arguments, on: &state) }
            return
        }
        let call = call(command, arguments, on: state)
        if !isAwaiting {
            var images: [(index: Int, image: KeyImage)] = []
            for index in indices where state.owner(of: arguments[index]) == state.id {
                images.append((index, MultiKey.gather(call, keyIndex: index, on: &state.shard)))
            }
            tables += 1
            job.give(images, of: tables)
        }
        guard let images = job.take(of: tables) else {
            isAwaiting = true
            return
        }
        isAwaiting = false
        var reply = ReplyWriter(version: .v2)
        let writes = MultiKey.combine(call, images, reply: &reply)
        if reply.buffer.count > 0, reply.buffer.bytes.byte(at: 0) == UInt8(ascii: "-") {
            throw failure("'\(arguments[0].text)' fails")
        }
        for write in writes where state.owner(of: arguments[write.keyIndex]) == state.id {
            guard MultiKey.apply(write, of: call, on: &state.shard) else { throw failure("no memory") }
        }
    }
}

extension CoreState {
    /// Repeats a log from now on, a slice a turn.
    mutating func beginReplay(_ job: LogReplayJob) {
        shard.isReplaying = true
        replay.place = LogReplay(job, disk: node.disk)
        replay.isBusy = true
    }

    /// What a turn spends on it before it looks at its clients.
    private static var replaySliceMicros: Int64 { 2000 }

    /// A slice of the repetition.
    mutating func continueReplay() {
        guard var place = replay.place.take() else { return }
        let job = place.job
        var failure: String?
        var isDone = job.hasFailed
        if !isDone {
            do throws(LogReplay.Failure) {
                if case .done = try place.step(on: &self, micros: Self.replaySliceMicros) { isDone = true }
            } catch {
                failure = error.text
                isDone = true
            }
        }
        guard isDone else {
            replay.place = consume place
            return
        }
        shard.isReplaying = false
        replay.isBusy = false
        let (isLast, reason) = job.end(failure: failure)
        if isLast {
            let millis = instant.nanoseconds(since: job.startedAt) / 1_000_000
            if reason == nil, job.bytes > 0 {
                node.sink.logger(core: id.index).notice(
                    "append-only file: \(job.files.count) files of \(job.bytes) bytes repeated in \(millis) ms"
                )
            }
            job.finish(&self, reason)
        }
    }
}

/// Where a core keeps its place.
struct ReplayState: ~Copyable {
    var place: LogReplay?
    /// There is something to repeat.
    var isBusy = false
}
