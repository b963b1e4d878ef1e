import Reactor

// Requests that the server they went to does not answer but sends elsewhere.
//
// MOVED is for good: the map is old, and the request waits for the new one. ASK is for this one request: its slot is
// on its way, and its key has arrived at the other server already, which answers behind an ASKING. The map stays as
// it is then, but for the other server's address if nobody has heard of it yet: a server without slots is in no map.
extension GeneratorState {
    /// How often a request may be sent elsewhere: servers that disagree must not keep it forever.
    static var redirectsMax: UInt8 { 16 }

    /// Whether an error of the server at `endpoint` says where to ask instead: the request is sent again then.
    mutating func redirect(_ request: Pending, _ text: String, by endpoint: Int) -> Bool {
        guard isClustered, request.redirects < Self.redirectsMax else { return false }
        var request = request
        request.redirects += 1
        if text.hasPrefix("MOVED ") {
            tally.moved += 1
            board.wantsMap.store(true, ordering: .releasing)
            retries.append(Redirect(request: request))
        } else if text.hasPrefix("ASK ") {
            guard let asked = SlotTable.Endpoint(redirection: text, by: endpoints[endpoint].host) else {
                return false
            }
            tally.asked += 1
            ask(request, asked)
        } else {
            return false
        }
        return true
    }

    private mutating func ask(_ request: Pending, _ asked: SlotTable.Endpoint) {
        guard let endpoint = endpoints.firstIndex(of: asked) else {
            board.asked.withLock { _ = $0.insert(asked) }
            board.wantsMap.store(true, ordering: .releasing)
            retries.append(Redirect(request: request, asked: asked))
            return
        }
        var request = request
        request.isAsking = true
        if !isUsed[endpoint] {
            isUsed[endpoint] = true
            nextScan = now
        }
        enqueue(request, at: endpoint)
    }

    /// What waited for a map goes on when there is one, or after a while: to the server that ASK named if it is known
    /// now, else to the one that owns the slot, which will say again.
    mutating func sendRetries() {
        guard !retries.isEmpty else { return }
        if retriesSince == nil { retriesSince = (now, mapVersion) }
        guard let (since, version) = retriesSince,
            version != mapVersion || now >= since.advanced(byMillis: Self.retryMillis)
        else { return }
        retriesSince = nil
        let waiting = retries
        retries.removeAll(keepingCapacity: true)
        for redirect in waiting {
            if let asked = redirect.asked, endpoints.contains(asked) {
                ask(redirect.request, asked)
            } else {
                enqueue(redirect.request)
            }
        }
    }
}

/// A request on its way to another server.
struct Redirect {
    var request: Pending
    /// Where ASK sent it.
    var asked: SlotTable.Endpoint?
}
