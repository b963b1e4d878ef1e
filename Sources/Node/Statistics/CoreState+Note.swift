import Commands
import Reactor
import Wire

extension CoreState {
    /// A command has been executed: counts it, its time and its error.
    @inline(__always)
    mutating func noteExecution(_ slot: Int, of index: StatIndex, replySince start: Int) {
        let row = Int(index.rawValue)
        let cycles = Cycles.now()
        let spent = cycles &- statistics.cyclesMark
        statistics.cyclesMark = cycles
        statistics.commands &+= 1
        statistics.byCommand[row].calls &+= 1
        statistics.byCommand[row].cycles &+= spent
        if tuning.tracksLatency { statistics.latencies[row].note(spent) }
        guard connections[slot].reply.buffer.count > start,
            connections[slot].reply.buffer.bytes.byte(at: start) == UInt8(ascii: "-")
        else { return }
        statistics.byCommand[row].failed &+= 1
        noteError(slot: slot, at: start)
    }

    /// A request of another core has been executed; its time counts here, where it was spent.
    @inline(__always)
    mutating func noteServed(_ request: HopRequest, _ reply: borrowing ReplyWriter, since start: Int) {
        let row = Int(StatIndex(request.command).rawValue)
        let cycles = Cycles.now()
        let spent = cycles &- statistics.cyclesMark
        statistics.cyclesMark = cycles
        statistics.commands &+= 1
        statistics.byCommand[row].calls &+= 1
        statistics.byCommand[row].cycles &+= spent
        if tuning.tracksLatency { statistics.latencies[row].note(spent) }
        if reply.buffer.count > start, reply.buffer.bytes.byte(at: start) == UInt8(ascii: "-") {
            statistics.byCommand[row].failed &+= 1
        }
    }

    /// The reply at `start` is an error: counts it by its code.
    mutating func noteError(slot: Int, at start: Int) {
        statistics.errorReplies &+= 1
        statistics.noteError(errorCode(slot: slot, at: start))
    }

    /// The first word of an error reply.
    private func errorCode(slot: Int, at start: Int) -> String {
        let text = connections[slot].reply.buffer.bytes.from(start + 1)
        var code = ""
        for index in 0..<min(text.byteCount, 32) {
            let byte = text.byte(at: index)
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\r") { break }
            code.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return code
    }
}
