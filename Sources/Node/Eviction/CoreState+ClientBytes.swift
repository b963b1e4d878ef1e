// What the connections take: it counts toward `maxmemory`, as in Redis, so that the process stays within it.
extension CoreState {
    /// Counts the connections' memory. Looks at every connection: once a second, and when some have gone.
    mutating func countClientBytes() {
        eviction.clientBytes = clientBytes
        eviction.clientBytesAreStale = false
    }

    mutating func countClientBytesIfStale() {
        if eviction.clientBytesAreStale { countClientBytes() }
    }

    /// Bytes of the table of connections and of their buffers.
    private var clientBytes: Int {
        var sum = connections.capacity * MemoryLayout<Connection>.stride + bufferPool.bytes
        for slot in 0..<connections.count where connections[slot].flags.contains(.open) {
            sum += connections[slot].inputCapacity + connections[slot].outputCapacity
        }
        return sum
    }
}

extension Connection {
    /// Bytes of buffers for what it asks.
    var inputCapacity: Int { carry.capacity }
    /// Bytes of buffers for what it is answered.
    var outputCapacity: Int { reply.buffer.capacity + inFlight.capacity }
}
