import Commands
import Keyspace
import Reactor
import Wire

/// A read that several shards answer in part (MGET, EXISTS, DBSIZE, KEYS over several cores). Lives on the core
/// of its connection; the shards see ordinary requests.
///
/// The parts are read without locks, one hop per core. If a multi-shard write was under way meanwhile, what came
/// back may be half of it: then the read is done again as a multi-shard call, in order (`MultiWrites`).
struct Gathering {
    let asker: SocketID
    let ticket: UInt32
    let request: RequestCopy
    let command: CommandID
    let database: DatabaseIndex
    let version: RESPVersion
    let flags: CallFlags
    let merge: Merge
    /// Arguments from one key to the next.
    let step: Int
    /// Whom it asks, in the order of `parts`.
    let cores: [CoreID]
    /// The multi-shard writes begun when it was asked; nil if one was under way.
    let stamp: UInt64?
    /// Per core asked: the positions of its keys (nil: the whole shard), and its reply.
    var parts: [(keyIndices: [Int]?, reply: [UInt8])]
    var partsAwaited: Int
}

/// The gatherings of one core.
struct GatheringState {
    var underWay: [UInt32: Gathering] = [:]
    var begun: UInt32 = 0
}

extension CoreState {
    /// Asks each shard for its part. The connection is blocked until the answer is whole, so that no later
    /// command of it can overtake a repetition.
    mutating func beginGathering(
        slot: Int, _ call: borrowing Call, _ merge: Merge, step: Int,
        parts: [(core: CoreID, keyIndices: [Int]?)]
    ) {
        gatherings.begun &+= 1
        let gatheringID = gatherings.begun
        let version = connections[slot].reply.version
        let stamp = tuning.ordersMultiShardCalls ? node.multiWrites.stamp() : 0
        for (index, part) in parts.enumerated() {
            let asker = Asker.gathering(id: gatheringID, part: UInt32(index))
            if let indices = part.keyIndices, let first = indices.first {
                outbox.request(
                    call, keyIndices: indices, step: step, hash: shard.hash(call.arguments[first]), of: asker,
                    version: version, from: part.core)
            } else {
                outbox.request(call, of: asker, version: version, from: part.core)
            }
            if part.core != id { statistics.hops += 1 }
        }
        gatherings.underWay[gatheringID] = Gathering(
            asker: connections[slot].socket, ticket: awaitPlace(slot: slot),
            request: RequestCopy(call.arguments), command: call.command, database: call.database,
            version: version, flags: call.flags, merge: merge, step: step, cores: parts.map(\.core),
            stamp: stamp,
            parts: parts.map { ($0.keyIndices, []) }, partsAwaited: parts.count)
        block(slot: slot)
    }

    /// A part has come back.
    mutating func gathered(_ gatheringID: UInt32, part: UInt32, reply: RawSpan) {
        guard var gathering = gatherings.underWay.removeValue(forKey: gatheringID) else { return }
        gathering.parts[Int(part)].reply = reply.copied()
        gathering.partsAwaited -= 1
        if gathering.partsAwaited > 0 {
            gatherings.underWay[gatheringID] = gathering
        } else if gathering.isWhole(now: node.multiWrites.stamp(), isOrdered: tuning.ordersMultiShardCalls) {
            finish(gathering)
        } else {
            repeatInOrder(gathering)
        }
    }

    private mutating func finish(_ gathering: Gathering) {
        var writer = ReplyWriter(version: gathering.version)
        ReplyMerge.write(gathering.merge, gathering.parts, into: &writer)
        fulfil(gathering.asker, ticket: gathering.ticket, with: writer.buffer.bytes)
        unblock(gathering.asker)
    }

    /// A write overlapped: asks again, holding the keys.
    private mutating func repeatInOrder(_ gathering: Gathering) {
        guard isCurrent(gathering.asker) else { return }
        statistics.gatheringsRepeated += 1
        let parts = zip(gathering.cores, gathering.parts).map {
            MultiPart(core: $0, keyIndices: $1.keyIndices)
        }
        launch(
            MultiCall(
                id: nextMultiCallID(), origin: id, asker: gathering.asker, ticket: gathering.ticket,
                command: gathering.command, route: .everyShard(gathering.merge), step: gathering.step,
                database: gathering.database, flags: gathering.flags, version: gathering.version,
                request: gathering.request, parts: parts, isWrite: false, now: now))
    }
}

extension Gathering {
    /// No multi-shard write overlapped.
    fileprivate func isWhole(now stampNow: UInt64?, isOrdered: Bool) -> Bool {
        !isOrdered || (stamp != nil && stamp == stampNow)
    }
}
