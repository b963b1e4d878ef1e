import Commands
import Keyspace
import Testing
import Wire

/// A shard with a clock that stands still unless it is told to go on, and commands as a person would type them.
struct TestShard: ~Copyable {
    var shard: Shard
    var now = UnixMillis(rawValue: 1_700_000_000_000)
    var database = DatabaseIndex(rawValue: 0)
    var version = RESPVersion.v2
    var flags: CallFlags = []

    init(arenaBytes: Int = 256 << 20) throws {
        var configuration = ShardConfiguration(
            hashSeed: (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210), startMicros: 1_700_000_000_000_000)
        configuration.arenaBytes = arenaBytes
        configuration.hugePages = false
        guard let made = Shard(configuration) else { throw NoMemory() }
        shard = made
    }

    /// Runs words and returns the reply's bytes.
    mutating func reply(_ words: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        var ranges: [ArgumentRange] = []
        for word in words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), length: UInt32(word.count)))
            bytes += word
        }
        let arguments = Arguments(bytes: bytes.span.raw, ranges: ranges.span)
        var reply = ReplyWriter(version: version)
        let command: CommandID
        switch CommandTable.resolve(arguments, reply: &reply) {
        case .refused: return reply.buffer.bytes.copied()
        case .command(let id), .subcommand(let id, _): command = id
        }
        let keys = CommandTable.profile(of: command).keyIndices(argumentCount: arguments.count)
        let first = command == .memory ? 2 : keys.first ?? 0
        let call = Call(
            command, arguments, hash: shard.hash(arguments[first]), database: database, now: now,
            flags: flags, random: 0x9E37_79B9_7F4A_7C15)
        Executor.execute(call, on: &shard, reply: &reply)
        return reply.buffer.bytes.copied()
    }

    /// Runs a line, quoted where need be, and returns the reply in readable form: `*2 $1 a :5`.
    mutating func run(_ line: String) -> String {
        let words = InlineSplitter.split(line.utf8.span.raw) ?? []
        return readable(reply(words))
    }

    /// Lets time pass.
    mutating func pass(milliseconds: Int64) { now.rawValue += milliseconds }
}

/// The kernel refused the address space.
struct NoMemory: Error {}

/// A reply on one line: line ends as blanks, what does not print as `\xHH`.
func readable(_ reply: [UInt8]) -> String {
    var text = ""
    for byte in reply {
        switch byte {
        case 0x0D: continue
        case 0x0A: text += " "
        case UInt8(ascii: "\\"): text += #"\\"#
        case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16)
            text += #"\x"# + (digits.count == 1 ? "0" : "") + digits
        }
    }
    while text.last == " " { text.removeLast() }
    return text
}

/// Runs a transcript captured from redis-server 7.0.15 on an empty shard and compares every reply:
///
///     > SET k v
///     +OK
func expect(
    _ transcript: String, _ version: RESPVersion = .v2, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    var shard = try TestShard()
    shard.version = version
    var command = ""
    var count = 0
    for line in transcript.split(separator: "\n") {
        if line.hasPrefix("> ") {
            command = String(line.dropFirst(2))
            continue
        }
        #expect(shard.run(command) == line, "\(command)", sourceLocation: sourceLocation)
        count += 1
    }
    #expect(count > 0, "a transcript without replies tests nothing", sourceLocation: sourceLocation)
    #expect(shard.shard.checkInvariants() == [], sourceLocation: sourceLocation)
}
