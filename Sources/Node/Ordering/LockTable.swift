/// Decides in which order the multi-shard calls and the ordinary requests of one core may touch the keys of its
/// shard. A pure machine: it is told what arrives and what has finished, and answers what may run now.
///
/// **Why this gives one order.** Every multi-shard call is announced to its shards by one core, the sequencer, in
/// one order, and mailboxes keep it. So if two calls meet at two shards, they stand in both queues in the same
/// order: whoever is first at one shard is first at the other, and nobody can wait in a circle.
///
/// **Why nobody sees half a call.** A call holds a key from its arrival at the shard until its writes are done
/// there; it writes only when it has arrived everywhere. A reader that finds a key locked waits behind the call.
/// So a reader that saw one new value can only find the other keys new, or locked and then new.
///
/// A key's queue, oldest first; the head holds the key if it is a call:
///
///     a ─▶ [call 7, GET, call 9]        b ─▶ [call 7]        c ─▶ [call 9, SET]
///
/// A call that takes the whole shard (FLUSHALL, SWAPDB) closes the gate: it starts when all queues have run dry,
/// and everything that came after it waits behind the gate, in order of arrival.
///
/// Bound: each waiting request blocks its connection or belongs to a batch of another core's turn, so the queues
/// hold at most what the connections of the node may have outstanding.
struct LockTable<Request> {
    /// Names a multi-shard call on this core.
    typealias CallID = UInt64

    /// A key of this shard: its hash stands for it, whatever its database (COPY touches two). Keys with one hash
    /// share a lock, which is safe.
    struct Key: Hashable {
        var hash: UInt64
    }

    /// What may run now, in this order.
    enum Grant {
        /// The call has arrived: it holds all its keys here.
        case call(CallID)
        /// An ordinary request that waited.
        case request(Request)
    }

    private enum Waiter {
        case call(CallID)
        case request(Request)
    }

    private enum Gated {
        case call(CallID, [Key])
        case wholeShard(CallID)
        case request(Request, Key)
    }

    private struct Holding {
        var keys: [Key]
        /// Keys whose queue it does not lead yet.
        var keysAwaited: Int
    }

    private var queues: [Key: [Waiter]] = [:]
    private var calls: [CallID: Holding] = [:]
    private var gate: [Gated] = []
    private var wholeShardHolder: CallID?

    /// No call is here: requests need not ask.
    var isIdle: Bool { calls.isEmpty && gate.isEmpty && wholeShardHolder == nil }

    private var isGateClosed: Bool { wholeShardHolder != nil || !gate.isEmpty }

    /// A call has been announced. Returns whether it holds its keys at once.
    /// - Parameter keys: its keys on this shard; nil for the whole shard.
    mutating func announce(_ id: CallID, keys: [Key]?) -> Bool {
        guard let keys else {
            if !isGateClosed && queues.isEmpty {
                wholeShardHolder = id
                return true
            }
            gate.append(.wholeShard(id))
            return false
        }
        let unique = Array(Set(keys))
        if isGateClosed {
            gate.append(.call(id, unique))
            return false
        }
        return enqueue(id, unique)
    }

    /// Whether a request for `key` must wait.
    func isLocked(_ key: Key) -> Bool { isGateClosed || queues[key] != nil }

    /// Puts a request behind the calls that hold its key; a later `finish` returns it.
    mutating func wait(_ request: Request, for key: Key) {
        precondition(isLocked(key), "a request waits for a key that nobody holds")
        if isGateClosed {
            gate.append(.request(request, key))
        } else {
            queues[key]?.append(.request(request))
        }
    }

    /// The call's work on this shard is done. Returns what may run now, in order.
    mutating func finish(_ id: CallID) -> [Grant] {
        var grants: [Grant] = []
        if wholeShardHolder == id {
            wholeShardHolder = nil
        } else if let holding = calls.removeValue(forKey: id) {
            precondition(holding.keysAwaited == 0, "a call finished before it held all its keys")
            for key in holding.keys { leave(key, &grants) }
        } else {
            preconditionFailure("a call finished that was never announced here")
        }
        openGate(&grants)
        return grants
    }

    private mutating func enqueue(_ id: CallID, _ keys: [Key]) -> Bool {
        var awaited = 0
        for key in keys {
            let waiters = queues[key, default: []]
            if !waiters.isEmpty { awaited += 1 }
            queues[key, default: []].append(.call(id))
        }
        calls[id] = Holding(keys: keys, keysAwaited: awaited)
        return awaited == 0
    }

    /// The head of the key's queue leaves it; the requests behind it run, up to the next call.
    private mutating func leave(_ key: Key, _ grants: inout [Grant]) {
        guard var waiters = queues[key] else { preconditionFailure("a held key has a queue") }
        var passed = 1
        scan: while passed < waiters.count {
            switch waiters[passed] {
            case .request(let request):
                grants.append(.request(request))
                passed += 1
            case .call(let next):
                promote(next, &grants)
                break scan
            }
        }
        waiters.removeFirst(passed)
        queues[key] = waiters.isEmpty ? nil : waiters
    }

    private mutating func promote(_ id: CallID, _ grants: inout [Grant]) {
        guard var holding = calls[id] else { preconditionFailure("a queued call is known") }
        holding.keysAwaited -= 1
        calls[id] = holding
        if holding.keysAwaited == 0 { grants.append(.call(id)) }
    }

    /// Lets in what waits at the gate, in order of arrival, up to the next call that wants the whole shard.
    private mutating func openGate(_ grants: inout [Grant]) {
        guard wholeShardHolder == nil, !gate.isEmpty else { return }
        var passed = 0
        scan: while passed < gate.count {
            switch gate[passed] {
            case .call(let id, let keys):
                if enqueue(id, keys) { grants.append(.call(id)) }
            case .request(let request, let key):
                if queues[key] != nil {
                    queues[key]?.append(.request(request))
                } else {
                    grants.append(.request(request))
                }
            case .wholeShard(let id):
                guard queues.isEmpty else { break scan }
                wholeShardHolder = id
                grants.append(.call(id))
                passed += 1
                break scan
            }
            passed += 1
        }
        gate.removeFirst(passed)
    }
}
