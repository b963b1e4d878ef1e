import Commands
import Reactor
import Wire

extension CoreState {
    /// CLIENT KILL address | filter value ...
    mutating func clientKill(_ slot: Int, _ call: borrowing Call) -> Progress {
        let isOldForm = call.arguments.count == 3
        let filter =
            isOldForm
            ? ClientFilter.only(at: call.arguments[2]) : ClientFilter(call, reply: &connections[slot].reply)
        guard let filter else { return .goOn }
        let (asker, askersCore) = (connections[slot].socket, id)
        return askAllCores(slot: slot) { state in
            state.kill(filter, asker: state.id == askersCore ? asker : .none)
        } finish: { state, killed, reply in
            // The asker goes last, with its answer.
            let dies = !filter.sparesAsker && state.isCurrent(asker) && state.matches(Int(asker.slot), filter)
            let count = killed.reduce(dies ? 1 : 0, +)
            if dies { state.closeAfterReply(slot: Int(asker.slot)) }
            if !isOldForm {
                reply.integer(count)
            } else if count > 0 {
                reply.ok()
            } else {
                reply.error("ERR No such client")
            }
        }
    }

    /// Closes the connections of this core that the filter means, but for the asker's. Returns how many.
    private mutating func kill(_ filter: ClientFilter, asker: SocketID) -> Int {
        var killed = 0
        for slot in 0..<connections.count where isShownToOthers(slot) {
            let socket = connections[slot].socket
            guard socket != asker, matches(slot, filter) else { continue }
            requestClose(socket)
            killed += 1
        }
        return killed
    }

    /// In use, and not on its way out.
    func isShownToOthers(_ slot: Int) -> Bool {
        connections[slot].flags.contains(.counted)
    }
}
