import Commands
import Keyspace
import Reactor
import Wire

// Commands that look into one shard after the other.
extension CoreState {
    /// SCAN. The cursor a client sees is the shard's own times the number of cores, plus the number of the core, so
    /// that 0 begins with the first shard and the last shard ends with 0.
    mutating func scan(_ slot: Int, _ call: borrowing Call) -> Progress {
        let start = beginReply(slot: slot)
        guard let request = ScanRequest(call, reply: &connections[slot].reply) else {
            noteExecution(slot, of: StatIndex(call.command), replySince: start, call)
            endReply(slot: slot, since: start)
            return .goOn
        }
        let shardIndex = UInt16(request.cursor % UInt64(coreCount))
        var cursor = ByteBuffer()
        Decimal.append(request.cursor / UInt64(coreCount), to: &cursor)
        outbox.request(
            call, replacingFirst: cursor.bytes, of: scanner(slot: slot, shardIndex),
            version: connections[slot].reply.version, from: CoreID(rawValue: shardIndex))
        return waitForAnswer(slot)
    }

    /// The connection goes on when the shard has answered: what it asks next must not be done before.
    private mutating func waitForAnswer(_ slot: Int) -> Progress {
        block(slot: slot)
        resumeWhenAnswered.append(connections[slot].socket)
        return .stopAfter
    }

    private mutating func scanner(slot: Int, _ shard: UInt16) -> Asker {
        .scanning(connections[slot].socket, ticket: awaitPlace(slot: slot), shard: shard)
    }

    /// A shard has answered a step: its cursor becomes the node's.
    mutating func scanned(_ socket: SocketID, ticket: UInt32, shard: UInt16, reply: RawSpan) {
        guard case .element(let header) = ReplyElement.read(reply, at: 0), header.kind == .array,
            case .element(let cursor) = ReplyElement.read(reply, at: header.end),
            let value = Decimal.parseUnsigned(reply.extracting(cursor.payload))
        else { return fulfil(socket, ticket: ticket, with: reply) }
        var writer = ReplyWriter(version: .v2)
        writer.array(2)
        var text = ByteBuffer()
        Decimal.append(nodeCursor(after: value, on: shard), to: &text)
        writer.bulk(text.bytes)
        writer.raw(reply.from(cursor.end))
        fulfil(socket, ticket: ticket, with: writer.buffer.bytes)
    }

    private func nodeCursor(after cursor: UInt64, on shard: UInt16) -> UInt64 {
        if cursor != 0 { return cursor &* UInt64(coreCount) &+ UInt64(shard) }
        return Int(shard) + 1 < coreCount ? UInt64(shard) + 1 : 0
    }

    /// RANDOMKEY: begins with a shard drawn by chance, and goes on to the next while a shard is empty.
    mutating func draw(_ slot: Int, _ call: borrowing Call) -> Progress {
        let first = UInt16.random(in: 0..<UInt16(coreCount))
        outbox.request(
            call,
            of: .drawing(
                connections[slot].socket, ticket: awaitPlace(slot: slot),
                next: (first + 1) % UInt16(coreCount), left: UInt16(coreCount) - 1),
            version: connections[slot].reply.version, from: CoreID(rawValue: first))
        return waitForAnswer(slot)
    }

    /// A shard has answered RANDOMKEY.
    mutating func drawn(
        _ socket: SocketID, ticket: UInt32, next: UInt16, left: UInt16, _ request: HopRequest,
        _ reply: RawSpan
    ) {
        guard left > 0, case .element(let key) = ReplyElement.read(reply, at: 0), key.isNull else {
            return fulfil(socket, ticket: ticket, with: reply)
        }
        let name: [UInt8] = Array("RANDOMKEY".utf8)
        let range = [ArgumentRange(offset: 0, length: UInt32(name.count))]
        let call = Call(
            request.command, Arguments(bytes: name.span.raw, ranges: range.span), hash: .none,
            database: request.database, now: now, random: UInt64.random(in: 0 ... .max))
        outbox.request(
            call,
            of: .drawing(socket, ticket: ticket, next: (next + 1) % UInt16(coreCount), left: left - 1),
            version: request.version, from: CoreID(rawValue: next))
    }
}
