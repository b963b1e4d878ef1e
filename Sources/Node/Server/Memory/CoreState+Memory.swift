import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    /// MEMORY USAGE key [SAMPLES count]: the shard of the key answers.
    mutating func memoryUsage(_ slot: Int, _ call: borrowing Call) -> Progress {
        askOwner(slot: slot, of: 2, call) { state, call, reply in
            Executor.execute(call, on: &state.shard, reply: &reply)
        }
    }

    /// Has the core of the key that is argument `keyIndex` write the reply. For commands that are no data commands:
    /// those hop in batches (`routeByKey`).
    mutating func askOwner(
        slot: Int, of keyIndex: Int, _ call: borrowing Call,
        _ body: @escaping @Sendable (inout CoreState, borrowing Call, inout ReplyWriter) -> Void
    ) -> Progress {
        let request = RequestCopy(call.arguments)
        let (command, database, flags) = (call.command, call.database, call.flags)
        let version = connections[slot].reply.version
        let owner = owner(of: call.arguments[keyIndex])
        return askAllCores(slot: slot) { state -> [UInt8] in
            guard state.id == owner else { return [] }
            var reply = ReplyWriter(version: version)
            let arguments = request.arguments
            let copy = Call(
                command, arguments, hash: state.shard.hash(arguments[keyIndex]), database: database,
                now: state.now,
                flags: flags, stringLengthMax: state.tuning.parserLimits.maxBulkLength,
                databaseCount: state.tuning.databases)
            body(&state, copy, &reply)
            return reply.buffer.bytes.copied()
        } finish: { _, replies, reply in
            for bytes in replies { reply.raw(bytes.span.raw) }
        }
    }

    /// MEMORY STATS
    mutating func memoryStats(_ slot: Int) -> Progress {
        askAllCores(slot: slot) {
            $0.report()
        } finish: { state, cores, reply in
            MemoryStats(state.nodeReport(cores)).write(to: &reply)
        }
    }

    /// MEMORY DOCTOR
    mutating func memoryDoctor(_ slot: Int) -> Progress {
        askAllCores(slot: slot) {
            $0.report()
        } finish: { state, cores, reply in
            reply.verbatim(MemoryDoctor(state.nodeReport(cores)).text)
        }
    }

    /// MEMORY PURGE
    mutating func memoryPurge(_ slot: Int) -> Progress {
        askAllCores(slot: slot) {
            $0.shard.purge()
        } finish: { _, _, reply in
            reply.ok()
        }
    }
}
