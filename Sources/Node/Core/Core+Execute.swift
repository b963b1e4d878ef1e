import Commands
import Keyspace
import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// Executes all requests of the batch and gives the finished receive buffers back.
    mutating func executeBatch() {
        guard !batch.sources.isEmpty else { return }
        state.prefetchEntries(of: batch)
        for index in batch.sources.indices { execute(batch.sources[index]) }
        for index in batch.sources.indices where batch.sources[index].isFinished {
            ring.recycle(batch.sources[index].buffer)
        }
        batch.removeAll()
    }

    /// Executes the batch while its last source is still being parsed, and goes on with that source.
    mutating func executeBatch(parsedTo end: Int) {
        precondition(!batch.sources.isEmpty, "a buffer is parsed that is not in the batch")
        let index = batch.sources.count - 1
        var last = batch.sources[index]
        batch.sources[index].requestsEnd = UInt32(batch.requests.count)
        batch.sources[index].parsedEnd = Int32(end)
        executeBatch()
        last.firstRequest = 0
        last.parsedStart = Int32(end)
        batch.sources.append(last)
    }

    private mutating func execute(_ source: BatchSource) {
        let slot = Int(source.slot)
        let requests = Int(source.firstRequest)..<Int(source.requestsEnd)
        let bytes = ring.bytes(of: source.buffer, count: Int(source.count))
        if state.connections[slot].flags.contains(anyOf: .waiting) {
            // Blocked by an earlier buffer of this batch, which has begun the carry.
            state.carry(bytes.extracting(Int(source.parsedStart)..<Int(source.parsedEnd)), slot: slot)
            return
        }
        guard !requests.isEmpty else { return }
        guard let stopped = Self.run(requests, of: batch, in: bytes, on: &state) else { return }
        guard !state.connections[slot].isLeaving else { return }
        let base =
            stopped < requests.upperBound
            ? Int(batch.requests[stopped].base) : source.endOfRequests(in: batch)
        // What was parsed ahead of the stop, the incomplete tail included, is parsed again later.
        state.connections[slot].parser = RequestParser()
        state.connections[slot].carry.removeAll()
        state.carry(bytes.extracting(base..<Int(source.parsedEnd)), slot: slot)
    }

    /// Executes requests of one connection. Returns the first that must not be executed now, because the
    /// connection has been blocked or sent away; nil if all were executed and more may follow.
    static func run(
        _ requests: Range<Int>, of batch: borrowing RequestBatch, in bytes: RawSpan, on state: inout CoreState
    ) -> Int? {
        state.statistics.cyclesMark = Cycles.now()
        for index in requests {
            state.prefetchValue(index + Shard.valueDistance, of: batch)
            let request = batch.requests[index]
            let progress = state.execute(request, batch.arguments(of: request, in: bytes))
            switch progress {
            case .goOn: continue
            case .stopBefore: return index
            case .stopAfter: return index + 1
            }
        }
        return nil
    }

    /// Executes the inline request that the connection's parser has just put into canonical form.
    /// Returns false if it has to wait: it is parsed again later.
    mutating func executeInline(slot: Int) -> Bool {
        var form = ByteBuffer()
        swap(&form, &state.connections[slot].parser.inlineForm)
        state.admitInline(slot, form.bytes, into: &batch)
        let stopped = Self.run(0..<batch.requests.count, of: batch, in: form.bytes, on: &state)
        batch.removeAllRequests()
        swap(&form, &state.connections[slot].parser.inlineForm)
        return stopped != 0
    }
}

/// Whether a connection's next request may be executed.
enum Progress {
    case goOn
    /// This request has to wait: it was not executed.
    case stopBefore
    /// This request was executed or is under way; the next one has to wait.
    case stopAfter
}
