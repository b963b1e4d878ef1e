import Commands
import Logging
import Reactor
import Wire

extension CoreState {
    /// SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: an orderly stop. Who asked hears nothing; the connection ends.
    mutating func shutdown(_ slot: Int, _ call: borrowing Call) {
        guard let request = ShutdownRequest(call.arguments) else {
            return connections[slot].reply.error("ERR syntax error" as StaticString)
        }
        if request.isAbort {
            // A node that is stopping waits for replies only, and finishes.
            return connections[slot].reply.error("ERR No shutdown in progress." as StaticString)
        }
        let logger = node.sink.logger(core: id.index)
        if request.mustSave {
            logger.warning("SHUTDOWN SAVE refused: nothing is written to disk yet")
            if !request.isForced {
                return connections[slot].reply.error(
                    "ERR Errors trying to SHUTDOWN. Check logs." as StaticString)
            }
        }
        logger.notice("SHUTDOWN asked for by client \(connections[slot].id): finishing what is in flight")
        node.isStopping.store(true, ordering: .sequentiallyConsistent)
        // The main thread wakes the other cores and waits for them.
        Signals.reportCoreEnded()
        closeAfterReply(slot: slot)
    }
}

/// The words after SHUTDOWN.
struct ShutdownRequest: Equatable {
    private(set) var mustSave = false
    private(set) var isForced = false
    private(set) var isAbort = false

    /// Nil for words that are none or do not go together.
    init?(_ arguments: Arguments) {
        var words: Set<String> = []
        for index in 1..<max(1, arguments.count) {
            let word = arguments[index].text.lowercased()
            guard ["save", "nosave", "now", "force", "abort"].contains(word) else { return nil }
            words.insert(word)
        }
        if words.contains("abort"), words.count > 1 { return nil }
        if words.isSuperset(of: ["save", "nosave"]) { return nil }
        mustSave = words.contains("save")
        isForced = words.contains("force")
        isAbort = words.contains("abort")
    }
}
