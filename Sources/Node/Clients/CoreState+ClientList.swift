import Commands
import Wire

/// One line of CLIENT LIST on its way to the core that was asked.
private struct ClientLine: Sendable {
    let id: UInt64
    let text: [UInt8]
}

extension CoreState {
    /// CLIENT INFO: the line of this very connection.
    mutating func clientInfo(_ slot: Int) {
        connections[slot].reply.verbatim(line(of: slot).bytes)
    }

    /// CLIENT LIST [TYPE kind | ID id ...], over all cores.
    mutating func clientList(_ slot: Int, _ call: borrowing Call) -> Progress {
        let arguments = call.arguments
        if arguments.count == 2 { return list(slot, ids: nil) }
        if arguments.count == 4, arguments[2].spells("type") {
            guard let kind = ClientKind(arguments[3]) else {
                connections[slot].reply.error("ERR Unknown client type '", quoting: arguments[3], "'")
                return .goOn
            }
            return list(slot, ids: kind == .normal ? nil : [])
        }
        guard arguments.count > 3, arguments[2].spells("id") else {
            connections[slot].reply.syntaxError()
            return .goOn
        }
        var ids: [UInt64] = []
        for index in 3..<arguments.count {
            guard let id = Decimal.parse(arguments[index]) else {
                connections[slot].reply.error("ERR Invalid client ID")
                return .goOn
            }
            // Nobody has a negative id, or 0.
            ids.append(UInt64(max(0, id)))
        }
        return list(slot, ids: ids)
    }

    /// Lists the clients with these ids in their order, or all by age if there are none.
    private mutating func list(_ slot: Int, ids: [UInt64]?) -> Progress {
        let wanted = ids.map(Set.init)
        return askAllCores(slot: slot) { state in
            state.lines(of: wanted)
        } finish: { _, answers, reply in
            let lines = answers.joined().sorted { $0.id < $1.id }
            var text = ByteBuffer()
            if let ids {
                let byID = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, $0.text) })
                for id in ids { text.append(byID[id] ?? []) }
            } else {
                for line in lines { text.append(line.text) }
            }
            reply.verbatim(text.bytes)
        }
    }

    /// The lines of this core's clients, or of those with these ids.
    private func lines(of ids: Set<UInt64>?) -> [ClientLine] {
        var lines: [ClientLine] = []
        if let ids, ids.isEmpty { return lines }
        for slot in 0..<connections.count where isShownToOthers(slot) {
            let id = connections[slot].id
            guard ids?.contains(id) ?? true else { continue }
            lines.append(ClientLine(id: id, text: line(of: slot).bytes.copied()))
        }
        return lines
    }

    // MARK: One line

    /// A connection in one line: the fields of redis-server 7.0 in its order, then those that 7.2 added.
    private func line(of slot: Int) -> ByteBuffer {
        var line = FieldLine()
        line.add("id", Int(connections[slot].id))
        line.add("addr", peerAddress(slot))
        line.add("laddr", localAddress(slot))
        line.add("fd", Int(connections[slot].descriptor))
        line.add("name", connections[slot].identity?.name ?? [])
        line.add("age", Int((now.rawValue - connections[slot].createdAt) / 1000))
        line.add("idle", Int((now.rawValue - connections[slot].lastActiveAt) / 1000))
        line.add("flags", flagLetters(slot))
        line.add("db", Int(connections[slot].database.rawValue))
        for field: StaticString in ["sub", "psub", "ssub"] { line.add(field, 0) }
        line.add("multi", -1)
        addMemory(slot, to: &line)
        line.add("events", connections[slot].flags.contains(.sending) ? "rw" : "r")
        line.add("cmd", connections[slot].lastCommand.spec?.name ?? "NULL")
        line.add("user", "default")
        line.add("redir", -1)
        line.add("resp", Int(connections[slot].reply.version.rawValue))
        line.add("lib-name", connections[slot].identity?.libraryName ?? [])
        line.add("lib-ver", connections[slot].identity?.libraryVersion ?? [])
        return line.finished()
    }

    /// What the connection holds. Replies stand in one buffer here, so the list of reply blocks is always empty.
    private func addMemory(_ slot: Int, to line: inout FieldLine) {
        let received = connections[slot].carry.count
        let replies = connections[slot].reply.buffer.capacity
        line.add("qbuf", received)
        line.add("qbuf-free", connections[slot].carry.capacity - received)
        line.add("argv-mem", 0)
        line.add("multi-mem", 0)
        line.add("rbs", replies)
        line.add("rbp", replies)
        line.add("obl", connections[slot].outputBytes)
        line.add("oll", 0)
        line.add("omem", 0)
        line.add("tot-mem", connections[slot].bytes)
    }

    private func flagLetters(_ slot: Int) -> String {
        let letters: [(Connection.Flags, Character)] = [
            (.monitor, "O"), (.blocked, "b"), (.closingAfterReply, "c"), (.unixSocket, "U"), (.readOnly, "r"),
            (.noEvict, "e"), (.noTouch, "T"),
        ]
        // Whoever asks all cores is blocked meanwhile, which nobody should notice.
        let shown = connections[slot].flags.subtracting(
            connections[slot].flags.contains(.paused) ? [] : .blocked)
        let text = String(letters.filter { shown.contains($0.0) }.map(\.1))
        return text.isEmpty ? "N" : text
    }
}

extension Connection {
    /// All memory of it, buffers included.
    var bytes: Int {
        MemoryLayout<Connection>.stride + carry.capacity + reply.buffer.capacity + inFlight.capacity
            + order.bytesKept
    }
}

/// `key=value` pairs, separated by spaces, ended by a line feed.
private struct FieldLine: ~Copyable {
    private var text = ByteBuffer()

    mutating func add(_ field: StaticString, _ value: [UInt8]) {
        begin(field)
        text.append(value)
    }

    mutating func add(_ field: StaticString, _ value: String) {
        begin(field)
        text.append(value)
    }

    mutating func add(_ field: StaticString, _ value: Int) {
        begin(field)
        Decimal.append(Int64(value), to: &text)
    }

    private mutating func begin(_ field: StaticString) {
        if !text.isEmpty { text.append(UInt8(ascii: " ")) }
        text.append(field)
        text.append(UInt8(ascii: "="))
    }

    consuming func finished() -> ByteBuffer {
        text.append(UInt8(ascii: "\n"))
        return text
    }
}
