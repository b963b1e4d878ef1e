import Commands
import Reactor
import Wire

// MONITOR: a command is shown once, by the core that received it, to the monitors of all cores.
extension CoreState {
    /// MONITOR. Said again, it has no reply at all.
    mutating func monitor(_ slot: Int) -> Progress {
        guard !connections[slot].flags.contains(.monitor) else { return .goOn }
        let monitor = Monitor(core: id, socket: connections[slot].socket)
        connections[slot].flags.insert(.monitor)
        return askAllCores(slot: slot) { state in
            state.add(monitor)
        } finish: { state, _, reply in
            if !state.isCurrent(monitor.socket) { state.forgetMonitor(monitor.socket) }
            reply.ok()
        }
    }

    private mutating func add(_ monitor: Monitor) {
        monitors.append(monitor)
        if monitor.core != id { monitorFeeds.byCore[monitor.core.index].monitors += 1 }
    }

    /// A connection of this core monitors no more: here at once, elsewhere with the next mail.
    mutating func forgetMonitor(_ socket: SocketID) {
        let monitor = Monitor(core: id, socket: socket)
        remove(monitor)
        for index in 0..<coreCount where index != id.index {
            // Round 0 is nobody's: no answer is awaited.
            let call = ControlCall(origin: id, round: 0, core: CoreID(index)) { $0.remove(monitor) }
            outbox.post(.control(call), to: call.core)
        }
    }

    private mutating func remove(_ monitor: Monitor) {
        guard let index = monitors.firstIndex(of: monitor) else { return }
        monitors.remove(at: index)
        if monitor.core != id { monitorFeeds.byCore[monitor.core.index].monitors -= 1 }
    }

    // MARK: Showing

    /// Shows a command that has been executed, or is under way on other cores.
    mutating func showMonitors(_ slot: Int, _ command: CommandID, _ arguments: Arguments) {
        guard isShown(arguments) else { return }
        let secrets = Secrets(of: command, arguments)
        let line = MonitorLine.text(
            micros: monitorFeeds.clock.micros(now, instant),
            database: Int(connections[slot].database.rawValue),
            address: monitorAddress(slot), arguments, isRedacted: secrets.contains)
        show(line.bytes)
        monitorFeeds.add(line.bytes)
    }

    /// To the monitors of this core.
    private mutating func show(_ lines: RawSpan) {
        for index in 0..<monitors.count where monitors[index].core == id {
            push(monitors[index].socket, lines)
        }
    }

    /// Operators' commands are nobody's business, and what was refused was not executed.
    private func isShown(_ arguments: Arguments) -> Bool {
        var refusal = ReplyWriter(version: .v2)
        let spec: CommandSpec
        switch CommandTable.resolve(arguments, reply: &refusal) {
        case .command(let id): spec = CommandTable.spec(of: id)
        case .subcommand(_, let id): spec = CommandTable.spec(of: id)
        case .refused: return false
        }
        return spec.flags.isDisjoint(with: [.admin, .skipMonitor])
    }

    private mutating func monitorAddress(_ slot: Int) -> String {
        identify(slot)
        if let known = connections[slot].identity?.address, !known.isEmpty { return known }
        let isUnix = connections[slot].flags.contains(.unixSocket)
        let address =
            isUnix ? "unix:\(SocketAddress.local(of: connections[slot].descriptor))" : peerAddress(slot)
        connections[slot].identity?.address = address
        return address
    }

    // MARK: Mail

    /// Sends off what the monitors of other cores have to see of this turn.
    mutating func mailMonitorLines() {
        for index in 0..<coreCount
        where !monitorFeeds.byCore[index].isUnderWay && !monitorFeeds.byCore[index].waiting.isEmpty {
            let mail = MonitorMail(origin: id, recipient: CoreID(index))
            swap(&mail.lines, &monitorFeeds.byCore[index].waiting)
            monitorFeeds.byCore[index].isUnderWay = true
            outbox.post(.monitorLines(mail), to: mail.recipient)
        }
    }

    /// Another core has executed commands.
    mutating func showLines(_ mail: MonitorMail) {
        show(mail.lines.bytes)
        mail.lines.removeAll(keepingCapacity: false)
        outbox.post(.monitorLinesShown(mail), to: mail.origin)
    }

    /// The lines have been taken; the next may go.
    mutating func takeBack(_ mail: MonitorMail) {
        monitorFeeds.byCore[mail.recipient.index].isUnderWay = false
    }
}
