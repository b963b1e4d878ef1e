import Commands
import Wire

/// A word that a client chooses for itself and that others read in lists.
enum ClientWord {
    /// Only printable ASCII without spaces, so that a line of CLIENT LIST stays one line of `key=value` pairs.
    static func isPlain(_ word: RawSpan) -> Bool {
        for index in 0..<word.byteCount where !(0x21...0x7E ~= word.byte(at: index)) { return false }
        return true
    }

    static let nameRefusal: StaticString =
        "ERR Client names cannot contain spaces, newlines or special characters."
}

extension CoreState {
    /// CLIENT SETNAME name; an empty name is none.
    mutating func clientSetName(_ slot: Int, _ call: borrowing Call) {
        guard ClientWord.isPlain(call.arguments[2]) else {
            return connections[slot].reply.error(ClientWord.nameRefusal)
        }
        setName(slot, call.arguments[2])
        connections[slot].reply.ok()
    }

    mutating func setName(_ slot: Int, _ name: RawSpan) {
        identify(slot)
        connections[slot].identity?.name = name.copied()
    }

    /// CLIENT GETNAME
    mutating func clientGetName(_ slot: Int) {
        let name = connections[slot].identity?.name ?? []
        if name.isEmpty {
            connections[slot].reply.null()
        } else {
            connections[slot].reply.bulk(name.span.raw)
        }
    }

    /// CLIENT SETINFO LIB-NAME name | LIB-VER version
    mutating func clientSetInfo(_ slot: Int, _ call: borrowing Call) {
        let option = call.arguments[2]
        let value = call.arguments[3]
        let isName = option.spells("lib-name")
        guard isName || option.spells("lib-ver") else {
            return connections[slot].reply.error("ERR Unrecognized option '", quoting: option, "'")
        }
        guard ClientWord.isPlain(value) else {
            return connections[slot].reply.error(
                "ERR ", quoting: option, " cannot contain spaces, newlines or special characters.")
        }
        identify(slot)
        if isName {
            connections[slot].identity?.libraryName = value.copied()
        } else {
            connections[slot].identity?.libraryVersion = value.copied()
        }
        connections[slot].reply.ok()
    }

    /// Makes room for what a client says of itself.
    mutating func identify(_ slot: Int) {
        if connections[slot].identity == nil { connections[slot].identity = ConnectionIdentity() }
    }
}
