import Durability
import Reactor
import Wire

/// One core's end of the append-only file: what has been appended and is on its way to the disk, and who waits for it.
/// Lives on one core.
///
///     effects (appended this turn) ─▶ inFlight (only while a write goes through the ring) ─▶ file, at `offset`
///
/// A batch, and so `offset`, always ends with a whole record: when a write fails the file is cut back to `offset`.
struct CoreLog: ~Copyable {
    /// What may keep a core from writing its log.
    enum Standing {
        /// There is no log.
        case off
        /// Its file is being opened.
        case opening
        /// Records go to the file.
        case open
        /// Nothing can be promised any more: the node stops, and nobody hears of what was not on the disk.
        case gaveUp
    }

    var standing = Standing.off
    var stream = LogStream(policy: .everySecond)
    var file = FileID.none
    var path = ""
    /// Bytes of the file that hold whole batches.
    var offset: Int64 = 0
    /// The position in the stream of the file's next batch.
    var base: UInt64 = 0
    var sum = LogChecksum()
    /// Bytes of the core's effects that the sum covers.
    var summed = 0
    /// A batch that goes, or failed to go, through the ring.
    var inFlight = ByteBuffer()
    /// Bytes of the file that the kernel has been asked to put on the disk, that a sync under way covers, and that need
    /// not be in the page cache any more.
    var begunBytes: Int64 = 0
    var syncingBytes: Int64 = 0
    var uncachedBytes: Int64 = 0
    /// When the write or sync through the ring began, and what the write is noted as.
    var writeBegan = Instant(nanoseconds: 0)
    var writeEvent = LatencyEvent.aofWriteAlone
    var syncBegan = Instant(nanoseconds: 0)
    /// Files to go on with, each when what was appended before has been written to the one before it and is on the disk.
    var switches: [Switch] = []

    /// No more comes: when all is written, the file is closed and the log is off.
    var isEnding = false

    /// Connections whose replies wait for the disk.
    var heldConnections: [UInt32] = []
    /// Messages to other cores that wait for it.
    var heldMail: [HeldMail] = []
    /// What had been acknowledged, and whether writes were refused, when they were last looked at.
    var acknowledgedLast: UInt64 = 0
    var refusalLast: Int32 = 0

    /// Who has said WAITAOF elsewhere: told when this much is synced.
    var waiters: [Waiter] = []

    /// Somebody on core `origin` who waits for `end` to be on the disk.
    struct Waiter {
        let end: UInt64
        let origin: CoreID
        let wait: UInt64
    }

    var isOn: Bool { standing != .off }

    /// Whether replies to reads wait for the log too.
    var holdsReads: Bool { stream.policy == .always && stream.refusal == 0 }

    /// A file to come, and what still belongs to the one before it.
    struct Switch {
        let path: String
        var tail: [UInt8]
    }

    /// Everything appended has been written and, if that was to be, is on the disk.
    var isSettled: Bool { inFlight.isEmpty && switches.isEmpty && stream.isIdle }
}

/// A message that tells another core of what is not on the disk yet.
struct HeldMail {
    let end: UInt64
    /// It reports a change. What only reports reads may go while the disk is full.
    let isWrite: Bool
    let message: Message
    let recipient: CoreID
}

extension CoreState {
    /// The end of everything appended so far.
    var logEnd: UInt64 {
        var count = log.inFlight.count &+ effects.count
        for index in log.switches.indices { count &+= log.switches[index].tail.count }
        return log.base &+ UInt64(count)
    }

    /// The end of what can be written next: a batch that failed or is under way, else what has come since, unless that
    /// belongs into a file to come.
    var logNext: UInt64 {
        let count = !log.inFlight.isEmpty ? log.inFlight.count : log.switches.isEmpty ? effects.count : 0
        return log.base &+ UInt64(count)
    }

    /// What `message` reports is in the log up to here: it goes when that is safe.
    mutating func postLogged(_ message: Message, to recipient: CoreID, isWrite: Bool) {
        guard log.isOn else { return outbox.post(message, to: recipient) }
        let isSafe = log.stream.acknowledged >= logEnd && log.heldMail.isEmpty
        if isSafe || (!isWrite && !log.holdsReads) { return outbox.post(message, to: recipient) }
        log.heldMail.append(HeldMail(end: logEnd, isWrite: isWrite, message: message, recipient: recipient))
    }

    /// Lets go what waited for the disk and need not any more.
    mutating func releaseHeld() {
        let acknowledged = log.stream.acknowledged
        let refusal = log.stream.refusal
        guard acknowledged != log.acknowledgedLast || refusal != log.refusalLast else { return }
        (log.acknowledgedLast, log.refusalLast) = (acknowledged, refusal)
        for index in log.heldConnections.indices {
            let slot = Int(log.heldConnections[index])
            connections[slot].flags.remove(.held)
            addToFlushList(slot: slot)
        }
        log.heldConnections.removeAll(keepingCapacity: true)
        guard !log.heldMail.isEmpty else { return }
        var mail: [HeldMail] = []
        swap(&mail, &log.heldMail)
        for held in mail {
            if held.end <= acknowledged || (!held.isWrite && !log.holdsReads) {
                outbox.post(held.message, to: held.recipient)
            } else {
                log.heldMail.append(held)
            }
        }
    }

    /// The log ends: whoever waits goes.
    mutating func releaseAll() {
        for index in log.heldConnections.indices {
            let slot = Int(log.heldConnections[index])
            connections[slot].flags.remove(.held)
            connections[slot].heldCount = 0
            addToFlushList(slot: slot)
        }
    }

    /// How many bytes of a connection's replies may go now; the rest, if any, has been marked to wait.
    ///
    /// Under `always` all replies of a turn wait for the end of the log as it is then, those to reads too: nobody is shown
    /// what a power cut could take back. Else, and while the disk refuses writes, only those wait that report a write.
    mutating func releasable(slot: Int) -> Int {
        let count = connections[slot].reply.buffer.count
        let acknowledged = log.stream.acknowledged
        guard log.standing != .gaveUp else { return 0 }
        if acknowledged >= logEnd { return unhold(slot, count) }
        if !log.holdsReads, connections[slot].logEnd <= acknowledged { return unhold(slot, count) }
        var released = 0
        if connections[slot].heldCount > 0 {
            guard connections[slot].heldEnd <= acknowledged else { return hold(slot, 0) }
            released = connections[slot].heldCount
            if released == count { return unhold(slot, count) }
        }
        connections[slot].heldCount = count - released
        connections[slot].heldEnd = logEnd
        return hold(slot, released)
    }

    private mutating func unhold(_ slot: Int, _ count: Int) -> Int {
        connections[slot].heldCount = 0
        return count
    }

    private mutating func hold(_ slot: Int, _ released: Int) -> Int {
        if !connections[slot].flags.contains(.held) {
            connections[slot].flags.insert(.held)
            log.heldConnections.append(UInt32(truncatingIfNeeded: slot))
        }
        return released
    }

    /// A commit has failed under `always`.
    mutating func giveUpCommit(_ errno: Int32) {
        let step = log.stream.commitsByWrite ? "a write with O_DSYNC to" : "fdatasync of"
        giveUpLog("\(step) \(log.path) failed (\(errorName(errno)))")
    }

    /// Nothing can be promised any more: says why, and stops the node without another reply.
    mutating func giveUpLog(_ reason: String) {
        guard log.standing != .gaveUp else { return }
        log.standing = .gaveUp
        node.sink.logger(core: id.index).critical(
            "append-only file: \(reason); what was written since the last commit may be lost, so nothing more is acknowledged: stopping"
        )
        node.exitCode.store(1, ordering: .releasing)
        node.isStopping.store(true, ordering: .sequentiallyConsistent)
        Signals.reportCoreEnded()
    }
}
