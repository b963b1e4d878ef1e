import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    /// A command with several keys, or for every shard. Runs at once if it needs no other shard and no key of it
    /// is held; otherwise it becomes a gathering (reads) or a multi-shard call (writes).
    mutating func routeMany(_ slot: Int, _ call: borrowing Call, _ profile: CommandProfile) -> Progress {
        if coreCount == 1 {
            executeHere(slot, call)
            return .goOn
        }
        connections[slot].lastCommand = StatIndex(call.command)
        // MSET with a key and no value cannot be split by key; any core refuses it.
        if !profile.pairsUp(argumentCount: call.arguments.count) {
            executeHere(slot, call)
            return .goOn
        }
        let parts = parts(of: call, profile)
        if parts.count == 1, parts[0].core == id, ordering.locks.isIdle {
            executeHere(slot, call)
            return .goOn
        }
        // What it asked before may still be on its way to a shard, and could be overtaken.
        guard connections[slot].order.isEmpty else {
            block(slot: slot)
            resumeWhenAnswered.append(connections[slot].socket)
            return .stopBefore
        }
        switch profile.route {
        case .everyShard(.cursor): return scan(slot, call)
        case .everyShard(.draw): return draw(slot, call)
        default: break
        }
        if profile.flags.contains(.write) || profile.route == .multiKey {
            beginMultiCall(slot: slot, call, profile, parts: parts.map { MultiPart(core: $0.core, keyIndices: $0.keyIndices) })
        } else {
            beginGathering(
                slot: slot, call, profile.route.merge, step: Int(profile.keys.step), parts: parts)
        }
        return .stopAfter
    }

    /// Which shards a command involves, and with which keys.
    private func parts(
        of call: borrowing Call, _ profile: CommandProfile
    ) -> [(core: CoreID, keyIndices: [Int]?)] {
        if case .everyShard = profile.route {
            return (0..<coreCount).map { (CoreID(rawValue: UInt16($0)), nil) }
        }
        var byCore: [[Int]] = Array(repeating: [], count: coreCount)
        for index in profile.keyIndices(argumentCount: call.arguments.count) {
            byCore[owner(of: call.arguments[index]).index].append(index)
        }
        var parts: [(core: CoreID, keyIndices: [Int]?)] = []
        for (core, indices) in byCore.enumerated() where !indices.isEmpty {
            parts.append((CoreID(rawValue: UInt16(core)), indices))
        }
        return parts
    }
}
