import Commands
import Reactor
import Wire

// Counting what commands do and how long they take. A command's time runs from the end of the one before it, or
// from the start of its run, so that a command costs one reading of the clock.
extension CoreState {
    /// A command has been executed: counts it, its time and its error.
    @inline(__always)
    mutating func noteExecution(
        _ slot: Int, of index: StatIndex, replySince start: Int, _ call: borrowing Call
    ) {
        let spent = statistics.noteCall(index, tracksLatency: tuning.tracksLatency)
        if spent >= tuning.noteworthyCycles { noteSlow(spent, call, slot: slot) }
        guard connections[slot].reply.buffer.count > start,
            connections[slot].reply.buffer.bytes.byte(at: start) == UInt8(ascii: "-")
        else { return }
        statistics.byCommand[Int(index.rawValue)].failed &+= 1
        noteError(slot: slot, at: start)
    }

    /// A request of another core has been executed; its time counts here, where it was spent. Returns the time.
    @inline(__always)
    mutating func noteServed(_ request: HopRequest, _ reply: borrowing ReplyWriter, since start: Int)
        -> UInt64
    {
        let index = StatIndex(request.command)
        let spent =
            request.asker.isWholeCall
            ? statistics.noteCall(index, tracksLatency: tuning.tracksLatency) : statistics.notePart(index)
        if reply.buffer.count > start, reply.buffer.bytes.byte(at: start) == UInt8(ascii: "-") {
            statistics.byCommand[Int(index.rawValue)].failed &+= 1
            statistics.noteError(reply: reply.buffer.bytes.from(start))
        }
        return spent
    }

    /// A command that several cores worked on is done.
    mutating func noteShared(_ index: StatIndex, cycles: UInt64, reply: RawSpan) {
        statistics.noteCall(index, cycles: cycles, tracksLatency: tuning.tracksLatency)
        guard reply.byteCount > 0, reply.byte(at: 0) == UInt8(ascii: "-") else { return }
        statistics.byCommand[Int(index.rawValue)].failed &+= 1
        statistics.noteError(reply: reply)
    }

    /// The reply at `start` is an error: counts it by its code.
    mutating func noteError(slot: Int, at start: Int) {
        let code = CoreStatistics.errorCode(of: connections[slot].reply.buffer.bytes.from(start))
        statistics.noteError(code)
    }
}

extension Asker {
    /// Whether the request is a call of its own; of those that are one part of a call, the first stands for all.
    @inline(__always)
    var isWholeCall: Bool {
        switch self {
        case .gathering(_, let part): part == 0
        default: true
        }
    }
}

extension CoreStatistics {
    /// Counts a call that has just ended, from the mark on, and sets the mark anew. Returns the time.
    @inline(__always)
    mutating func noteCall(_ index: StatIndex, tracksLatency: Bool) -> UInt64 {
        let cycles = Cycles.now()
        let spent = cycles &- cyclesMark
        cyclesMark = cycles
        noteCall(index, cycles: spent, tracksLatency: tracksLatency)
        return spent
    }

    @inline(__always)
    mutating func noteCall(_ index: StatIndex, cycles: UInt64, tracksLatency: Bool) {
        let row = Int(index.rawValue)
        commands &+= 1
        byCommand[row].calls &+= 1
        byCommand[row].cycles &+= cycles
        if tracksLatency { latencies[row].note(cycles) }
    }

    /// Counts the time of a part of a call that is counted elsewhere.
    mutating func notePart(_ index: StatIndex) -> UInt64 {
        let cycles = Cycles.now()
        let spent = cycles &- cyclesMark
        cyclesMark = cycles
        byCommand[Int(index.rawValue)].cycles &+= spent
        return spent
    }

    /// Counts an error reply by its first word.
    mutating func noteError(reply: RawSpan) {
        noteError(Self.errorCode(of: reply))
    }

    /// The first word of an error reply.
    static func errorCode(of reply: RawSpan) -> String {
        var code = ""
        for index in 1..<min(reply.byteCount, 33) {
            let byte = reply.byte(at: index)
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\r") { break }
            code.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return code
    }
}
