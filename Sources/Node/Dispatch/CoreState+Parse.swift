import Commands
import Keyspace
import Wire

extension CoreState {
    /// Parses one request of a connection and puts it into the batch, with its table lines on their way.
    ///
    /// - Parameters:
    ///   - rest: the bytes from the request's first one on.
    ///   - base: where `rest` starts in the source.
    @inline(__always)
    mutating func parseOne(
        slot: Int, _ rest: RawSpan, base: Int, into batch: inout RequestBatch
    ) -> RequestParser.Outcome {
        let firstRange = batch.ranges.count
        let limits =
            connections[slot].flags.contains(.authenticated) ? tuning.parserLimits : .unauthenticated
        let outcome = connections[slot].parser.next(rest, limits: limits, appendingTo: &batch.ranges)
        switch outcome {
        case .request(let length):
            admit(slot, rest.extracting(0..<length), base, firstRange, &batch)
        case .inlineRequest:
            // Its ranges lie in the parser's canonical form, not in these bytes: it stays out of the batch until
            // what came before it is executed.
            inlineRanges.removeAll(keepingCapacity: inlineRanges.capacity <= 64)
            inlineRanges.append(contentsOf: batch.ranges[firstRange...])
            batch.ranges.removeSubrange(firstRange...)
        case .incomplete, .failure:
            break
        }
        return outcome
    }

    /// Before a client has authenticated, the next request is parsed when this one has been executed: it may lift
    /// the limits that the next one would break.
    @inline(__always)
    func mustParseSingly(slot: Int) -> Bool { !connections[slot].flags.contains(.authenticated) }

    /// Puts the inline request that was parsed last into the batch, which holds no other; its bytes are `form`.
    mutating func admitInline(_ slot: Int, _ form: RawSpan, into batch: inout RequestBatch) {
        precondition(batch.requests.isEmpty, "an inline request shares a batch with requests of other bytes")
        batch.ranges.append(contentsOf: inlineRanges)
        admit(slot, form, 0, batch.ranges.count - inlineRanges.count, &batch)
    }

    /// Looks the command up, hashes the first key and starts to fetch its bucket.
    @inline(__always)
    private mutating func admit(
        _ slot: Int, _ bytes: RawSpan, _ base: Int, _ firstRange: Int, _ batch: inout RequestBatch
    ) {
        let count = batch.ranges.count - firstRange
        guard count > 0 else { return }
        let command = commands.find(batch.argument(firstRange, in: bytes))
        var hash = KeyHash.none
        if let command {
            let first = Int(commands.profile(of: command).keys.first)
            if first > 0, first < count {
                hash = shard.hash(batch.argument(firstRange + first, in: bytes))
                shard.prefetchBucket(hash, in: connections[slot].database)
            }
        }
        batch.requests.append(
            PendingRequest(
                slot: UInt32(truncatingIfNeeded: slot), base: UInt32(truncatingIfNeeded: base),
                length: UInt32(truncatingIfNeeded: bytes.byteCount),
                firstRange: UInt32(truncatingIfNeeded: firstRange),
                rangeCount: UInt32(truncatingIfNeeded: count), command: command, hash: hash))
    }

    /// Starts to fetch the entries of the batch; their buckets have been fetched since parsing.
    @inline(__always)
    func prefetchEntries(of batch: borrowing RequestBatch) {
        // One request profits from nothing: its entry is needed at once.
        guard batch.requests.count > 1 else { return }
        for index in batch.requests.indices {
            let request = batch.requests[index]
            guard request.hash != .none else { continue }
            shard.prefetchEntry(request.hash, in: connections[Int(request.slot)].database)
        }
        for index in 0..<Shard.valueDistance { prefetchValue(index, of: batch) }
    }

    /// Starts to fetch the value of a request that will be executed soon, if there is such a request.
    @inline(__always)
    func prefetchValue(_ index: Int, of batch: borrowing RequestBatch) {
        guard index < batch.requests.count else { return }
        let request = batch.requests[index]
        guard request.hash != .none else { return }
        shard.prefetchValue(request.hash, in: connections[Int(request.slot)].database)
    }
}
