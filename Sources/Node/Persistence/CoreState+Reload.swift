import Keyspace
import Reactor
import Wire
import Commands

extension CoreState {
    /// DEBUG RELOAD [NOSAVE]: saves, empties everything and loads the file: what survives is what the file holds.
    mutating func debugReload(_ slot: Int, _ call: borrowing Call) -> Progress {
        var saves = true
        for index in 2..<call.arguments.count {
            guard call.arguments[index].spells("nosave") else {
                connections[slot].reply.error(
                    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options." as StaticString)
                return .goOn
            }
            saves = false
        }
        if saves { return requestSave(slot, .reload) }
        let waiter = awaitDirector(slot, .reload)
        tell(Self.director) { $0.reload(waiter) }
        return .stopAfter
    }

    /// On the first core: empties all shards and loads the snapshot file, as one step.
    mutating func reload(_ waiter: SaveWaiter) {
        let path = node.settings.snapshotFile
        let size: Int
        do throws(DiskError) {
            size = try SystemDisk().size(path)
        } catch {
            node.sink.logger(core: id.index).warning("\(path): \(error)")
            return reply(to: waiter) {
                $0.error("ERR Error trying to load the RDB dump, check server logs." as StaticString)
            }
        }
        let job = LoadJob(
            path: path, size: size, coreCount: coreCount, startedSeconds: now.rawValue / 1000, waiter: waiter,
            startedAt: instant)
        node.persistence.load.withLock { $0 = job }
        beginStepOnAllShards { state in
            for number in 0..<state.tuning.databases {
                state.shard.flush(in: DatabaseIndex(rawValue: UInt8(number)))
            }
            state.beginLoading(job)
        } finish: { _ in
        }
    }
}
