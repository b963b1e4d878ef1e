import Keyspace
public import Wire

/// What has become of one shard, as requests that bring another shard to the same state: the stream that the
/// append-only file keeps and that replicas are to be sent. Lives on one core.
///
///     SELECT 0 ─ SET k v PXAT 17… ─ INCR n ─ DEL gone ─ …
///
/// Everything in it is deterministic: no relative times, no chance, no condition that another clock could see
/// differently. Requests stand in the order in which the shard changed. The buffer is kept, so that a stream that is
/// written out every turn allocates nothing.
public struct EffectLog: ~Copyable {
    /// Whether anybody wants to know. While it is false nothing is written.
    public var isOn = false
    /// Whether a line `#TS:<seconds>` precedes the first effect of each second.
    public var marksTime = false
    /// What has been written and not taken.
    public var writer = ReplyWriter(version: .v2)
    /// The database that the stream has selected; none at the start of a file.
    private var selected = -1
    private var markedSecond: Int64 = 0

    /// A stream that nobody reads yet.
    public init() {}

    /// Bytes not taken yet.
    public var count: Int { writer.buffer.count }

    /// What follows stands at the start of a file of its own.
    public mutating func beginFile() {
        selected = -1
        markedSecond = 0
    }

    /// The whole stream of one call on whole databases, for a file of its own; nil if the call is in error.
    public static func wholeCall(_ call: borrowing Call) -> ByteBuffer? {
        if Keys.wouldFail(call) { return nil }
        var log = EffectLog()
        log.begin(call.arguments.count, in: call.database, at: call.now)
        for index in 0..<call.arguments.count { log.word(call.arguments[index]) }
        var bytes = ByteBuffer()
        swap(&bytes, &log.writer.buffer)
        return bytes
    }

    // MARK: one request

    /// Begins a request of `count` words on a database.
    mutating func begin(_ count: Int, in database: DatabaseIndex, at now: UnixMillis) {
        enter(database, at: now)
        writer.array(count)
    }

    /// A whole request on a database, in the form of the log.
    mutating func repeatBytes(_ request: RawSpan, in database: DatabaseIndex, at now: UnixMillis) {
        enter(database, at: now)
        writer.buffer.append(request)
    }

    private mutating func enter(_ database: DatabaseIndex, at now: UnixMillis) {
        if marksTime { markTime(now) }
        if selected != Int(database.rawValue) { select(database) }
    }

    mutating func word(_ bytes: RawSpan) { writer.bulk(bytes) }

    mutating func word(_ text: StaticString) { writer.bulk(text) }

    /// DEL key
    mutating func remove(_ key: RawSpan, in database: DatabaseIndex, at now: UnixMillis) {
        begin(2, in: database, at: now)
        word("DEL")
        word(key)
    }

    private mutating func select(_ database: DatabaseIndex) {
        selected = Int(database.rawValue)
        writer.array(2)
        writer.bulk("SELECT" as StaticString)
        writer.bulk(integer: Int64(selected))
    }

    private mutating func markTime(_ now: UnixMillis) {
        let second = now.rawValue / 1000
        guard second != markedSecond else { return }
        markedSecond = second
        writer.buffer.append("#TS:")
        Decimal.append(second, to: &writer.buffer)
        writer.buffer.append("\r\n")
    }
}
