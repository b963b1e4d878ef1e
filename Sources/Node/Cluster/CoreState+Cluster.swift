import Commands
import Wire

// A cluster of one node, in which every core is an endpoint: any cluster client then sends each key to its very
// core. The node's own port serves all keys, and no core ever answers MOVED.
extension CoreState {
    /// Whether cores have ports of their own.
    var hasCluster: Bool { !node.corePorts.isEmpty }

    /// CLUSTER
    mutating func performCluster(_ slot: Int, _ command: SubcommandID, _ call: borrowing Call) {
        guard hasCluster else { return refuseCluster(slot) }
        switch command {
        case .clusterKeySlot:
            connections[slot].reply.integer(Int(Slot.of(key: call.arguments[2]).rawValue))
        case .clusterMyID: connections[slot].reply.bulk(node.identity.endpointIDs[id.index])
        case .clusterSlots: clusterView(slot).writeSlots(into: &connections[slot].reply)
        case .clusterShards: clusterView(slot).writeShards(into: &connections[slot].reply)
        case .clusterNodes: connections[slot].reply.verbatim(clusterView(slot).nodesText)
        case .clusterInfo: connections[slot].reply.verbatim(clusterView(slot).infoText)
        default: CommandReply.help(of: .cluster, reply: &connections[slot].reply)
        }
    }

    /// READONLY, READWRITE: there are no replicas; the wish is noted.
    mutating func setReadOnly(_ slot: Int, _ isReadOnly: Bool) {
        guard hasCluster else { return refuseCluster(slot) }
        if isReadOnly {
            connections[slot].flags.insert(.readOnly)
        } else {
            connections[slot].flags.remove(.readOnly)
        }
        connections[slot].reply.ok()
    }

    /// ASKING: every slot is served anyway.
    mutating func asking(_ slot: Int) {
        guard hasCluster else { return refuseCluster(slot) }
        connections[slot].reply.ok()
    }

    private mutating func refuseCluster(_ slot: Int) {
        connections[slot].reply.error("ERR This instance has cluster support disabled")
    }

    private func clusterView(_ slot: Int) -> ClusterView {
        let endpoints = (0..<coreCount).map { core in
            CoreEndpoint(
                id: node.identity.endpointIDs[core], port: node.corePorts[core],
                slots: ClusterView.slots(of: core, coreCount: coreCount))
        }
        return ClusterView(address: clusterAddress(slot), endpoints: endpoints, own: id)
    }

    /// `cluster-announce-ip`, or the address by which the client came: that one it can reach for certain.
    private func clusterAddress(_ slot: Int) -> String {
        let announced = node.configuration.withLock { $0["cluster-announce-ip"] }
        if !announced.isEmpty { return announced }
        guard !connections[slot].flags.contains(.unixSocket) else { return "127.0.0.1" }
        return SocketAddress.host(of: SocketAddress.local(of: connections[slot].descriptor))
    }
}

extension SocketAddress {
    /// The address without the port: `127.0.0.1`, `::1`.
    static func host(of address: String) -> String {
        guard let colon = address.lastIndex(of: ":") else { return "127.0.0.1" }
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        // An IPv4 client at an IPv6 socket.
        if host.hasPrefix("::ffff:"), host.contains(".") { host = host.dropFirst(7) }
        return String(host)
    }
}
