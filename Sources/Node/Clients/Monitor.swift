import BasicContainers
import Keyspace
import Reactor
import Wire

/// A client that said MONITOR. Every core knows all of them.
struct Monitor: Equatable, Sendable {
    let core: CoreID
    let socket: SocketID
}

/// Lines for the monitors of another core. Owned by one core at a time, like a batch.
final class MonitorMail: @unchecked Sendable {
    let origin: CoreID
    let recipient: CoreID
    var lines = ByteBuffer()

    init(origin: CoreID, recipient: CoreID) {
        self.origin = origin
        self.recipient = recipient
    }
}

/// What a core has to show to the monitors of the others. Lives on one core.
///
/// At most one mail is under way to each core; what is executed meanwhile waits here. So the lines keep their order
/// and a core that is slow to take them does not fill its mailbox with them. Bound: `waitingMax` bytes for each
/// core; lines beyond it are lost and counted.
struct MonitorFeeds: ~Copyable {
    static let waitingMax = 16 << 20

    struct Feed: ~Copyable {
        /// How many monitors the core has.
        var monitors = 0
        var waiting = ByteBuffer()
        var isUnderWay = false
    }

    var byCore = UniqueArray<Feed>()
    var linesLost: UInt64 = 0
    var clock = MonitorClock()

    init(coreCount: Int) {
        for _ in 0..<coreCount { byCore.append(Feed()) }
    }

    /// Adds a line for the monitors of other cores.
    mutating func add(_ line: RawSpan) {
        for index in 0..<byCore.count where byCore[index].monitors > 0 {
            if byCore[index].waiting.count + line.byteCount > Self.waitingMax {
                linesLost += 1
            } else {
                byCore[index].waiting.append(line)
            }
        }
    }
}

/// Microseconds since 1970, made of the turn's two clocks: milliseconds of the wall, nanoseconds of the other.
struct MonitorClock {
    private var offset: Int64 = 0

    /// The time of the turn. Steps only when the wall clock has.
    mutating func micros(_ now: UnixMillis, _ instant: Instant) -> Int64 {
        let monotonic = Int64(instant.nanoseconds / 1000)
        if abs((monotonic + offset) / 1000 - now.rawValue) > 1 { offset = now.rawValue * 1000 - monotonic }
        return monotonic + offset
    }
}
