import Commands
import Keyspace

/// CLIENT PAUSE: until when which commands wait. Lives on one core; each core holds its own copy.
struct PauseState {
    /// What waits.
    enum Extent: Sendable { case writes, everything }

    private(set) var until = UnixMillis(rawValue: 0)
    private(set) var extent = Extent.writes
    /// Somebody has asked for it.
    private(set) var isTimed = false
    /// The disk does not keep up with a snapshot: writes wait for it.
    var isCongested = false

    var isActive: Bool { isTimed || isCongested }

    /// Begins a pause, or makes one that is under way longer or wider.
    mutating func begin(_ extent: Extent, until end: UnixMillis) {
        if isTimed {
            until = max(until, end)
            if extent == .everything { self.extent = .everything }
        } else {
            until = end
            self.extent = extent
            isTimed = true
        }
    }

    mutating func end() { isTimed = false }

    /// Whether a command has to wait.
    func holds(_ flags: CommandFlags) -> Bool {
        flags.contains(.write) ? isActive : isTimed && extent == .everything
    }

    /// Milliseconds until it ends, or until it is looked at again.
    func remaining(at now: UnixMillis) -> UInt64 {
        isCongested ? 1 : UInt64(max(0, until.rawValue - now.rawValue))
    }
}

extension CoreState {
    /// Makes the connection wait if the pause covers the command. CLIENT itself never waits: it ends the pause.
    mutating func mustPause(_ slot: Int, _ command: CommandID, _ profile: CommandProfile) -> Bool {
        guard pause.holds(profile.flags), command != .client else { return false }
        block(slot: slot)
        connections[slot].flags.insert(.paused)
        return true
    }

    mutating func endPauseIfDue() {
        if pause.isTimed, now >= pause.until { endPause() }
    }

    /// Writes wait, or need not wait any longer, for the disk.
    mutating func followCongestion() {
        let isCongested = node.persistence.coresCongested.load(ordering: .relaxed) > 0
        guard isCongested != pause.isCongested else { return }
        pause.isCongested = isCongested
        if !isCongested { letPausedGo() }
    }

    /// Everybody who waited goes on.
    mutating func endPause() {
        pause.end()
        letPausedGo()
    }

    /// Those whose commands may run now go on; they are looked at again, and may be paused again.
    private mutating func letPausedGo() {
        for slot in 0..<connections.count where connections[slot].flags.contains(.paused) {
            unblock(connections[slot].socket)
        }
    }
}
