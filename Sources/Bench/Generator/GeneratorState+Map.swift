import Reactor
import Wire

// Endpoints keep their numbers for the whole run; a new map adds some and changes who serves what.
extension GeneratorState {
    /// Whether requests are spread over several servers by slot.
    var isClustered: Bool { plan.options.cluster }

    /// Requests that wait for one endpoint at most: what several turns take, so that a hot endpoint, whose queue stays
    /// full, holds up the others only as the distribution of keys demands.
    static var queuedMax: Int { 4096 }

    /// Takes over the map on the board if it is new.
    mutating func takeMap() {
        let version = board.mapVersion.load(ordering: .acquiring)
        guard version != mapVersion else { return }
        mapVersion = version
        let map = board.map.withLock { $0 }
        var indices: [UInt16] = []
        for (index, endpoint) in map.table.endpoints.enumerated() {
            indices.append(indexOf(endpoint, map.addresses[index]))
        }
        isServing = [Bool](repeating: false, count: endpoints.count)
        ownerOfSlot = map.table.owners.map { $0 == SlotTable.nobody ? $0 : indices[Int($0)] }
        for owner in ownerOfSlot where owner != SlotTable.nobody { isServing[Int(owner)] = true }
        isUsed = isServing
        nextScan = now
        requeueAll()
    }

    private mutating func indexOf(_ endpoint: SlotTable.Endpoint, _ address: RemoteAddress) -> UInt16 {
        if let known = endpoints.firstIndex(of: endpoint) { return UInt16(known) }
        let index = endpoints.count
        endpoints.append(endpoint)
        addresses.append(address)
        let count = plan.lanesPerEndpoint
        freeLanes.append(BoundedQueue(capacity: count, filler: 0))
        let room = isClustered ? max(Self.queuedMax, 4 * plan.options.pipeline) : 0
        queued.append(BoundedQueue(capacity: room, filler: Pending()))
        for _ in 0..<count {
            lanes.append(
                Lane(
                    endpoint: index,
                    skimmer: ReplySkimmer(plan.options.wire, showsPayload: plan.options.verify)))
        }
        pending += Array(repeating: Pending(), count: count * plan.options.pipeline)
        verifier?.addLanes(count)
        return UInt16(index)
    }

    /// What waited for the former owners goes to the new ones.
    private mutating func requeueAll() {
        guard queuedCount > 0 else { return }
        var waiting: [Pending] = []
        for index in queued.indices {
            while let request = queued[index].popFirst() { waiting.append(request) }
        }
        queuedCount = 0
        for request in waiting { enqueue(request) }
    }

    /// Puts a request into the queue of the endpoint that serves its key. It has failed if there is none, or it is full.
    mutating func enqueue(_ request: Pending) {
        let owner = ownerOfSlot[slot(of: request)]
        guard owner != SlotTable.nobody else { return abandon(request, "no server for the slot of a key") }
        var request = request
        request.isAsking = false
        enqueue(request, at: Int(owner))
    }

    /// Puts a request into the queue of an endpoint.
    mutating func enqueue(_ request: Pending, at endpoint: Int) {
        guard queued[endpoint].room > 0 else {
            return abandon(request, "too many requests wait for one server")
        }
        queued[endpoint].append(request)
        queuedCount += 1
    }

    /// A request that was drawn will not be sent.
    mutating func abandon(_ request: Pending, _ reason: String) {
        verifier?.abandoned(plan.templates.entries[Int(request.command)].kind, request.key)
        tally.fail(reason)
    }

    /// The slot of a request's key.
    private mutating func slot(of request: Pending) -> Int {
        let command = Int(request.command)
        guard plan.templates.entries[command].keyCount > 0 else { return 0 }
        return Int(
            plan.templates.slot(of: plan.templates.entries[command], key: UInt64(request.key), &keyScratch)
                .rawValue)
    }
}
