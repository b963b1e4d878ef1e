import Commands
import Wire

/// The class of a client, as CLIENT LIST TYPE and CLIENT KILL TYPE name it. So far all are normal; monitors too.
enum ClientKind: Sendable {
    case normal, master, replica, pubsub

    init?(_ word: RawSpan) {
        if word.spells("normal") {
            self = .normal
        } else if word.spells("master") {
            self = .master
        } else if word.spells("replica") || word.spells("slave") {
            self = .replica
        } else if word.spells("pubsub") {
            self = .pubsub
        } else {
            return nil
        }
    }
}

/// Which clients CLIENT KILL means: those that fit all that is given.
struct ClientFilter: Sendable {
    var id: UInt64?
    var address: String?
    var localAddress: String?
    var kind: ClientKind?
    /// Seconds since it connected, at least.
    var ageSecondsMin: Int64?
    /// Whether the asking client is spared.
    var sparesAsker = true

    /// Only the client at this address, the asker as well as any other.
    static func only(at address: RawSpan) -> ClientFilter {
        ClientFilter(address: String(decoding: address.copied(), as: UTF8.self), sparesAsker: false)
    }

    /// The filters of CLIENT KILL; nil if one is wrong, and has been answered.
    init?(_ call: borrowing Call, reply: inout ReplyWriter) {
        var index = 2
        while index < call.arguments.count {
            guard index + 1 < call.arguments.count else {
                reply.syntaxError()
                return nil
            }
            guard take(call.arguments[index], call.arguments[index + 1], reply: &reply) else { return nil }
            index += 2
        }
    }

    private init(address: String, sparesAsker: Bool) {
        self.address = address
        self.sparesAsker = sparesAsker
    }

    private mutating func take(_ name: RawSpan, _ value: RawSpan, reply: inout ReplyWriter) -> Bool {
        if name.spells("id") {
            guard let id = Decimal.parse(value), id > 0 else {
                return refuse("ERR client-id should be greater than 0", &reply)
            }
            self.id = UInt64(id)
        } else if name.spells("maxage") {
            guard let age = Decimal.parse(value) else {
                return refuse("ERR maxage is not an integer or out of range", &reply)
            }
            guard age > 0 else { return refuse("ERR maxage should be greater than 0", &reply) }
            ageSecondsMin = age
        } else if name.spells("type") {
            kind = ClientKind(value)
            guard kind != nil else {
                reply.error("ERR Unknown client type '", quoting: value, "'")
                return false
            }
        } else if name.spells("addr") {
            address = String(decoding: value.copied(), as: UTF8.self)
        } else if name.spells("laddr") {
            localAddress = String(decoding: value.copied(), as: UTF8.self)
        } else if name.spells("user") {
            // There is one user, and everybody is that user.
            guard value.spellsExactly("default") else {
                reply.error("ERR No such user '", quoting: value, "'")
                return false
            }
        } else if name.spells("skipme"), value.spells("yes") || value.spells("no") {
            sparesAsker = value.spells("yes")
        } else {
            return refuse("ERR syntax error", &reply)
        }
        return true
    }

    private func refuse(_ text: StaticString, _ reply: inout ReplyWriter) -> Bool {
        reply.error(text)
        return false
    }
}

extension CoreState {
    /// Whether the filter means this connection.
    func matches(_ slot: Int, _ filter: ClientFilter) -> Bool {
        if let id = filter.id, id != connections[slot].id { return false }
        if let kind = filter.kind, kind != .normal { return false }
        if let age = filter.ageSecondsMin, (now.rawValue - connections[slot].createdAt) / 1000 < age {
            return false
        }
        if let address = filter.address, address != peerAddress(slot) { return false }
        if let address = filter.localAddress, address != localAddress(slot) { return false }
        return true
    }

    /// The client's address as CLIENT LIST shows it.
    func peerAddress(_ slot: Int) -> String {
        // A client's own end of a Unix socket has no name: the server's stands for it.
        connections[slot].flags.contains(.unixSocket)
            ? localAddress(slot) : named(SocketAddress.peer(of: connections[slot].descriptor))
    }

    /// Our end's address as CLIENT LIST shows it.
    func localAddress(_ slot: Int) -> String {
        let text = named(SocketAddress.local(of: connections[slot].descriptor))
        return connections[slot].flags.contains(.unixSocket) ? "\(text):0" : text
    }

    private func named(_ address: String) -> String { address.isEmpty ? "?:0" : address }
}
