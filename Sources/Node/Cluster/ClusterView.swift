import Wire

/// One core as cluster clients see it: an endpoint with slots of its own.
struct CoreEndpoint {
    /// 40 hexadecimal digits.
    let id: String
    let port: UInt16
    let slots: ClosedRange<UInt16>
}

/// The node as a cluster of its cores (`core-ports yes`), as told to one client.
struct ClusterView {
    /// Where the client reaches all of them.
    let address: String
    /// In the order of the cores, which is that of the slots.
    let endpoints: [CoreEndpoint]
    /// The core that the client talks to.
    let own: CoreID

    /// The slots that a core owns of so many: `CoreState.owner` seen from the other side.
    static func slots(of core: Int, coreCount: Int) -> ClosedRange<UInt16> {
        let all = Int(Slot.count)
        let first = (core * all + coreCount - 1) / coreCount
        let end = ((core + 1) * all + coreCount - 1) / coreCount
        return UInt16(first)...UInt16(end - 1)
    }

    /// CLUSTER NODES: a line for each core. One is always `myself`, also for who came to the node's shared port:
    /// redis-cli and lettuce do not work without. (redis-benchmark takes the address it called for that of
    /// `myself`; give it the port of a core.)
    var nodesText: String {
        var text = ""
        for (index, endpoint) in endpoints.enumerated() {
            // Port 0 stands for the cluster bus that there is not.
            text += "\(endpoint.id) \(address):\(endpoint.port)@0 "
            text += index == own.index ? "myself,master" : "master"
            text +=
                " - 0 0 \(index + 1) connected \(endpoint.slots.lowerBound)-\(endpoint.slots.upperBound)\n"
        }
        return text
    }

    /// CLUSTER INFO.
    var infoText: String {
        let fields = [
            ("cluster_state", "ok"), ("cluster_slots_assigned", "\(Slot.count)"),
            ("cluster_slots_ok", "\(Slot.count)"), ("cluster_slots_pfail", "0"), ("cluster_slots_fail", "0"),
            ("cluster_known_nodes", "\(endpoints.count)"), ("cluster_size", "\(endpoints.count)"),
            ("cluster_current_epoch", "\(endpoints.count)"), ("cluster_my_epoch", "\(own.index + 1)"),
            ("cluster_stats_messages_sent", "0"), ("cluster_stats_messages_received", "0"),
            ("total_cluster_links_buffer_limit_exceeded", "0"),
        ]
        return fields.map { "\($0):\($1)\r\n" }.joined()
    }

    // MARK: Replies

    /// CLUSTER SLOTS: [first, last, [address, port, id, metadata]] for each core.
    func writeSlots(into reply: inout ReplyWriter) {
        reply.array(endpoints.count)
        for endpoint in endpoints {
            reply.array(3)
            reply.integer(Int(endpoint.slots.lowerBound))
            reply.integer(Int(endpoint.slots.upperBound))
            reply.array(4)
            reply.bulk(address)
            reply.integer(Int(endpoint.port))
            reply.bulk(endpoint.id)
            reply.map(0)
        }
    }

    /// CLUSTER SHARDS: for each core its slots, and itself as the shard's only node.
    func writeShards(into reply: inout ReplyWriter) {
        reply.array(endpoints.count)
        for endpoint in endpoints {
            reply.map(2)
            reply.bulk("slots" as StaticString)
            reply.array(2)
            reply.integer(Int(endpoint.slots.lowerBound))
            reply.integer(Int(endpoint.slots.upperBound))
            reply.bulk("nodes" as StaticString)
            reply.array(1)
            write(endpoint, into: &reply)
        }
    }

    private func write(_ endpoint: CoreEndpoint, into reply: inout ReplyWriter) {
        reply.map(7)
        reply.bulk("id" as StaticString)
        reply.bulk(endpoint.id)
        reply.bulk("port" as StaticString)
        reply.integer(Int(endpoint.port))
        reply.bulk("ip" as StaticString)
        reply.bulk(address)
        reply.bulk("endpoint" as StaticString)
        reply.bulk(address)
        reply.bulk("role" as StaticString)
        reply.bulk("master" as StaticString)
        reply.bulk("replication-offset" as StaticString)
        reply.integer(0)
        reply.bulk("health" as StaticString)
        reply.bulk("online" as StaticString)
    }
}
