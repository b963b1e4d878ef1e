import Commands
import Logging
import Reactor
import Wire

extension CoreState {
    /// CONFIG GET pattern [pattern ...]
    mutating func configGet(_ slot: Int, _ call: borrowing Call) {
        var patterns: [String] = []
        for index in 2..<call.arguments.count { patterns.append(call.arguments[index].text) }
        let found = ConfigCommand.get(patterns, from: node.configuration.withLock { $0 })
        connections[slot].reply.map(found.count)
        for (name, value) in found {
            connections[slot].reply.bulk(name)
            connections[slot].reply.bulk(value)
        }
    }

    /// CONFIG SET directive value [directive value ...]: all or none, on every core before the client hears of it.
    mutating func configSet(_ slot: Int, _ call: borrowing Call) -> Progress {
        do throws(ConfigCommand.SetError) {
            let words = try Self.words(of: call)
            try change(words, mayChangeGuarded: isAdmitted(slot, by: tuning.admitsToProtectedConfigs))
            return applySettings(slot)
        } catch {
            connections[slot].reply.error(error.text)
            return .goOn
        }
    }

    /// What stands after CONFIG SET. Settings are text: bytes that are none would come back as others.
    private static func words(of call: borrowing Call) throws(ConfigCommand.SetError) -> [String] {
        var words: [String] = []
        for index in 2..<call.arguments.count {
            guard let word = String(validating: call.arguments[index].copied(), as: UTF8.self) else {
                throw ConfigCommand.SetError(words.last ?? "", "argument must be valid UTF-8")
            }
            words.append(word)
        }
        return words
    }

    /// Changes the store, and what belongs to the process.
    private func change(_ words: [String], mayChangeGuarded: Bool) throws(ConfigCommand.SetError) {
        let reserved = ProcessReport.descriptorsReserved(coreCount: coreCount)
        let notes = try node.configuration.withLock { store throws(ConfigCommand.SetError) -> [String] in
            let changed = try ConfigCommand.set(words, in: store, mayChangeGuarded: mayChangeGuarded)
            let (old, new) = (Settings(store), Settings(changed))
            if new.maxClients > old.maxClients {
                let granted = ProcessReport.raiseDescriptorLimit(to: UInt(new.maxClients) + reserved)
                guard granted >= UInt(new.maxClients) + reserved else {
                    throw ConfigCommand.SetError(
                        "maxclients",
                        "The operating system is not able to handle the specified number of clients, try with "
                            + "\(granted > reserved ? granted - reserved : 0)")
                }
            }
            if new.folder != old.folder, let problem = ProcessReport.enterFolder(new.folder) {
                throw ConfigCommand.SetError("dir", problem)
            }
            let known = Set(store.notes())
            store = changed
            return changed.notes().filter { !known.contains($0) }
        }
        let logger = node.sink.logger(core: id.index)
        let names = stride(from: 0, to: words.count, by: 2).map { words[$0].lowercased() }
        logger.notice("CONFIG SET changed \(names.joined(separator: ", "))")
        for note in notes { logger.notice("\(note)") }
    }

    /// Every core takes the settings in force, as they are when it does: however two changes overtake each other on
    /// their way, all cores end with the same.
    private mutating func applySettings(_ slot: Int) -> Progress {
        let settings = node.settings
        node.sink.level = settings.logLevel
        return askAllCores(slot: slot) { state in
            state.take(CoreTuning(state.node.settings))
        } finish: { _, _, reply in
            reply.ok()
        }
    }

    /// The core works with new settings from now on.
    mutating func take(_ new: CoreTuning) {
        let old = tuning
        tuning = new
        tuneLog()
        // Not a setting: DEBUG changed it.
        tuning.expiresActively = old.expiresActively
        if new.maxMemory > 0 { usedBytesOfOthers = node.usedBytes(besides: id) }
        if new.maxMemory == 0 { eviction.noteExceeding(false, at: instant) }
        if new.maxMemory == 0, !new.compaction.isActive { shard.limitSpare(to: .max, ahead: .max) }
        shard.setEvictionRules(new.eviction)
        reconsiderCompaction()
        // What the others see of this core depends on the settings.
        usedBytesShown = -1
        updateConditions()
        diagnostics.slowLog.trim(to: new.slowLogEntriesMax)
        guard new.passwordIsEmpty, !old.passwordIsEmpty else { return }
        // Nobody needs a password any more, those who never gave one included.
        for slot in 0..<connections.count where connections[slot].flags.contains(.open) {
            connections[slot].flags.insert(.authenticated)
        }
    }

    /// CONFIG REWRITE
    mutating func configRewrite(_ slot: Int) {
        do throws(ConfigCommand.SetError) {
            try ConfigCommand.rewrite(node.configuration.withLock { $0 })
            node.sink.logger(core: id.index).notice("CONFIG REWRITE wrote the configuration file")
            connections[slot].reply.ok()
        } catch {
            connections[slot].reply.error(error.text)
        }
    }

    /// Whether a guarded command serves this client.
    func isAdmitted(_ slot: Int, by admission: Settings.Admission) -> Bool {
        switch admission {
        case .no: false
        case .yes: true
        case .local:
            connections[slot].flags.contains(.unixSocket)
                || SocketAddress.isLoopback(peerOf: connections[slot].descriptor)
        }
    }
}
