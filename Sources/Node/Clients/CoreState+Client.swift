import Commands
import Keyspace
import Wire

extension CoreState {
    /// CLIENT: connections seen from outside. What concerns others asks all cores.
    mutating func performClient(_ slot: Int, _ command: SubcommandID, _ call: borrowing Call) -> Progress {
        switch command {
        case .clientList: return clientList(slot, call)
        case .clientKill: return clientKill(slot, call)
        case .clientPause: return clientPause(slot, call)
        case .clientUnpause: return clientUnpause(slot)
        case .clientInfo: clientInfo(slot)
        case .clientID: connections[slot].reply.integer(Int(connections[slot].id))
        case .clientSetName: clientSetName(slot, call)
        case .clientGetName: clientGetName(slot)
        case .clientSetInfo: clientSetInfo(slot, call)
        case .clientReply: clientReply(slot, call)
        case .clientNoEvict: switchFlag(slot, call, .noEvict)
        case .clientNoTouch: switchFlag(slot, call, .noTouch)
        // Nobody tracks, so nobody is redirected to.
        case .clientGetRedir: connections[slot].reply.integer(-1)
        case .clientTrackingInfo: clientTrackingInfo(slot)
        default: CommandReply.help(of: .client, reply: &connections[slot].reply)
        }
        return .goOn
    }

    /// CLIENT REPLY ON | OFF | SKIP. Only ON has a reply; SKIP also takes away that of the next command.
    private mutating func clientReply(_ slot: Int, _ call: borrowing Call) {
        let mode = call.arguments[2]
        if mode.spells("on") {
            connections[slot].flags.subtract(.silenced)
            connections[slot].reply.ok()
        } else if mode.spells("off") {
            connections[slot].flags.insert(.replyOff)
        } else if mode.spells("skip") {
            if !connections[slot].flags.contains(.replyOff) { connections[slot].flags.insert(.replySkipNext) }
        } else {
            connections[slot].reply.syntaxError()
        }
    }

    /// CLIENT NO-EVICT, CLIENT NO-TOUCH: ON | OFF
    private mutating func switchFlag(_ slot: Int, _ call: borrowing Call, _ flag: Connection.Flags) {
        let mode = call.arguments[2]
        if mode.spells("on") {
            connections[slot].flags.insert(flag)
        } else if mode.spells("off") {
            connections[slot].flags.remove(flag)
        } else {
            return connections[slot].reply.syntaxError()
        }
        connections[slot].reply.ok()
    }

    /// CLIENT TRACKINGINFO: off.
    private mutating func clientTrackingInfo(_ slot: Int) {
        connections[slot].reply.map(3)
        connections[slot].reply.bulk("flags" as StaticString)
        connections[slot].reply.set(1)
        connections[slot].reply.bulk("off" as StaticString)
        connections[slot].reply.bulk("redirect" as StaticString)
        connections[slot].reply.integer(-1)
        connections[slot].reply.bulk("prefixes" as StaticString)
        connections[slot].reply.emptyArray()
    }
}
