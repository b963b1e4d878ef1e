import Wire

/// Who serves which slot, as CLUSTER SLOTS says.
struct SlotTable: Equatable, Sendable {
    /// A server of slots.
    struct Endpoint: Equatable, Hashable, Sendable {
        var host: String
        var port: UInt16

        init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }

        /// From `ASK 3999 127.0.0.1:6381`. Without a host it is the one that said so.
        init?(redirection text: String, by host: String) {
            let words = text.split(separator: " ")
            guard words.count == 3, let colon = words[2].lastIndex(of: ":"),
                let port = UInt16(words[2][words[2].index(after: colon)...]), port > 0
            else { return nil }
            let name = words[2][..<colon]
            self.init(host: name.isEmpty ? host : String(name), port: port)
        }
    }

    /// The servers, each once, in the order in which they were named.
    private(set) var endpoints: [Endpoint] = []
    /// For each slot the index of its server; `nobody` if there is none.
    private(set) var owners = [UInt16](repeating: Self.nobody, count: Slot.count)

    /// No server.
    static let nobody = UInt16.max

    /// All slots at one server: no cluster.
    init(only endpoint: Endpoint) {
        endpoints = [endpoint]
        owners = [UInt16](repeating: 0, count: Slot.count)
    }

    /// From the reply to CLUSTER SLOTS: [first, last, [host, port, ...], replicas ...] for each range. A host that is
    /// empty or null is the one that was asked (`asked`). Nil if the reply is of another form.
    init?(_ reply: Reply, asked: String) {
        guard case .array(let ranges) = reply, !ranges.isEmpty else { return nil }
        for range in ranges {
            guard case .array(let parts) = range, parts.count >= 3,
                case .integer(let first) = parts[0], case .integer(let last) = parts[1],
                first >= 0, first <= last, last < Slot.count,
                case .array(let master) = parts[2], master.count >= 2,
                case .integer(let number) = master[1], let port = UInt16(exactly: number), port > 0
            else { return nil }
            var host = asked
            switch master[0] {
            case .bulk(let name), .status(let name):
                if !name.isEmpty { host = String(decoding: name, as: UTF8.self) }
            case .null: break
            default: return nil
            }
            // An endpoint whose name the cluster does not know.
            if host == "?" { return nil }
            let owner = index(of: Endpoint(host: host, port: port))
            for slot in Int(first)...Int(last) { owners[slot] = owner }
        }
    }

    /// Adds servers that serve nothing yet.
    mutating func add(_ others: Set<Endpoint>) {
        // In an order of their own: equal tables are equal.
        for endpoint in others.sorted(by: { ($0.host, $0.port) < ($1.host, $1.port) }) {
            _ = index(of: endpoint)
        }
    }

    private mutating func index(of endpoint: Endpoint) -> UInt16 {
        if let index = endpoints.firstIndex(of: endpoint) { return UInt16(index) }
        endpoints.append(endpoint)
        return UInt16(endpoints.count - 1)
    }

    /// Whether every slot has a server.
    var isComplete: Bool { !owners.contains(Self.nobody) }
}
