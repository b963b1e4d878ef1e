import Commands
import Glibc
import Keyspace
import Reactor
import Wire

extension CoreState {
    /// DEBUG subcommand ...: what test suites use.
    mutating func debug(_ slot: Int, _ call: borrowing Call) -> Progress {
        guard isAdmitted(slot, by: tuning.allowsDebug) else {
            connections[slot].reply.error(Refusal.debugNotAllowed)
            return .goOn
        }
        switch (call.arguments[1].text.lowercased(), call.arguments.count) {
        case ("help", 2): connections[slot].reply.debugHelp()
        case ("reload", _): return debugReload(slot, call)
        case ("sleep", 3): return debugSleep(slot, call)
        case ("set-active-expire", 3): return debugSetActiveExpire(slot, call)
        case ("object", 3): return debugObject(slot, call)
        case ("digest", 2): return debugDigest(slot)
        case ("digest-value", _): return debugDigestValue(slot, call)
        case ("protocol", 3): connections[slot].reply.sample(of: call.arguments[2].text.lowercased())
        case ("error", 3): connections[slot].reply.error(call.arguments[2])
        case ("stringmatch-len", 4): debugStringMatch(slot, call)
        case ("log", 3):
            node.sink.logger(core: id.index).warning("DEBUG LOG: \(call.arguments[2].text)")
            connections[slot].reply.ok()
        default:
            connections[slot].reply.error(
                "ERR unknown subcommand or wrong number of arguments for '\(call.arguments[1].text)'. Try DEBUG HELP."
            )
        }
        return .goOn
    }

    /// DEBUG SLEEP seconds: every core stands still, as if the node hung.
    private mutating func debugSleep(_ slot: Int, _ call: borrowing Call) -> Progress {
        // Redis reads the number like strtod does: what is none is zero.
        let seconds = FloatText.parse(call.arguments[2]) ?? 0
        let micros = UInt32(min(max(0, seconds * 1_000_000), 4e9))
        return askAllCores(slot: slot) { _ in
            // usleep may refuse a second and more at once.
            if micros >= 1_000_000 { sleep(micros / 1_000_000) }
            usleep(micros % 1_000_000)
        } finish: { _, _, reply in
            reply.ok()
        }
    }

    /// DEBUG SET-ACTIVE-EXPIRE 0|1
    private mutating func debugSetActiveExpire(_ slot: Int, _ call: borrowing Call) -> Progress {
        let isOn = (Decimal.parse(call.arguments[2]) ?? 0) != 0
        return askAllCores(slot: slot) {
            $0.tuning.expiresActively = isOn
        } finish: { _, _, reply in
            reply.ok()
        }
    }

    /// DEBUG STRINGMATCH-LEN length pattern: 1 if a run of so many letters a matches, else 0. redis-server 7.0 has
    /// lost it; it shows what a pattern costs without a key that long.
    private mutating func debugStringMatch(_ slot: Int, _ call: borrowing Call) {
        guard let length = Decimal.parse(call.arguments[2]), length >= 0, length <= 1 << 24 else {
            return connections[slot].reply.error("ERR value is not an integer or out of range")
        }
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: Int(length))
        let matches = Glob.matches(pattern: call.arguments[3], text: text.span.raw)
        connections[slot].reply.integer(matches ? 1 : 0)
    }

    /// DEBUG OBJECT key
    private mutating func debugObject(_ slot: Int, _ call: borrowing Call) -> Progress {
        askOwner(slot: slot, of: 2, call) { state, call, reply in
            guard
                let entry = state.shard.find(
                    call.arguments[2], call.hash, in: call.database, at: call.now, .peek)
            else { return reply.error("ERR no such key") }
            let idle = state.shard.idleSeconds(of: entry, at: call.now)
            let value = state.shard.value(of: entry)
            let clock = (Int(call.now.rawValue / 1000) - idle) & 0xFF_FFFF
            reply.status(
                "Value at:0x\(String(entry.handle.rawValue, radix: 16)) refcount:1 "
                    + "encoding:\(state.shard.encoding(of: entry).name) "
                    + "serializedlength:\(SnapshotLength.of(value, state.shard.encoding(of: entry))) "
                    + "lru:\(clock) lru_seconds_idle:\(idle)")
        }
    }

    /// DEBUG DIGEST
    private mutating func debugDigest(_ slot: Int) -> Progress {
        askAllCores(slot: slot) {
            $0.digestsOfDatabases()
        } finish: { _, cores, reply in
            var sums: [DataDigest?] = []
            for number in 0..<(cores.first?.count ?? 0) {
                let shares = cores.compactMap { $0[number] }
                sums.append(shares.isEmpty ? nil : shares.reduce(into: DataDigest()) { $0.combine($1) })
            }
            reply.status(DataDigest.ofDatabases(sums).text)
        }
    }

    /// The sum of the keys of each database on this core; nil for one without keys.
    private func digestsOfDatabases() -> [DataDigest?] {
        (0..<tuning.databases).map { number in
            let index = DatabaseIndex(rawValue: UInt8(number))
            guard shard.count(in: index) > 0 else { return nil }
            var sum = DataDigest()
            var ids: [EntryID] = []
            var cursor: UInt64 = 0
            repeat {
                ids.removeAll(keepingCapacity: true)
                cursor = shard.scan(in: index, from: cursor, into: &ids)
                for id in ids {
                    sum.addKey(
                        shard.key(of: id).copied(), shard.value(of: id).copied(),
                        isExpiring: shard.expiry(of: id) != nil)
                }
            } while cursor != 0
            return sum
        }
    }

    /// DEBUG DIGEST-VALUE [key ...]
    private mutating func debugDigestValue(_ slot: Int, _ call: borrowing Call) -> Progress {
        let request = RequestCopy(call.arguments)
        let database = call.database
        return askAllCores(slot: slot) { state -> [String?] in
            let arguments = request.arguments
            var digests: [String?] = []
            for index in 2..<max(2, arguments.count) {
                let isOurs = state.owner(of: arguments[index]) == state.id
                digests.append(isOurs ? state.digest(ofValueAt: arguments[index], in: database).text : nil)
            }
            return digests
        } finish: { _, cores, reply in
            let count = request.ranges.count - 2
            reply.array(count)
            for place in 0..<count {
                reply.status(cores.compactMap { $0[place] }.first ?? DataDigest.zero.text)
            }
        }
    }

    private mutating func digest(ofValueAt key: RawSpan, in database: DatabaseIndex) -> DataDigest {
        var digest = DataDigest()
        if let id = shard.find(key, shard.hash(key), in: database, at: now, .peek) {
            digest.mixValue(shard.value(of: id).copied(), isExpiring: shard.expiry(of: id) != nil)
        }
        return digest
    }
}

/// How long a string is in a snapshot file of Redis, not compressed: a length in front, or a number in binary.
enum SnapshotLength {
    static func of(_ value: RawSpan, _ encoding: Encoding) -> Int {
        if encoding == .int, let number = Decimal.parse(value) {
            if Int64(Int8.min)...Int64(Int8.max) ~= number { return 2 }
            if Int64(Int16.min)...Int64(Int16.max) ~= number { return 3 }
            if Int64(Int32.min)...Int64(Int32.max) ~= number { return 5 }
        }
        switch value.byteCount {
        case ..<64: return 1 + value.byteCount
        case ..<16_384: return 2 + value.byteCount
        default: return 5 + value.byteCount
        }
    }
}
