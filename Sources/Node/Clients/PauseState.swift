import Commands
import Keyspace

/// CLIENT PAUSE: until when which commands wait. Lives on one core; each core holds its own copy.
struct PauseState {
    /// What waits.
    enum Extent: Sendable { case writes, everything }

    private(set) var until = UnixMillis(rawValue: 0)
    private(set) var extent = Extent.writes
    private(set) var isActive = false

    /// Begins a pause, or makes one that is under way longer or wider.
    mutating func begin(_ extent: Extent, until end: UnixMillis) {
        if isActive {
            until = max(until, end)
            if extent == .everything { self.extent = .everything }
        } else {
            until = end
            self.extent = extent
            isActive = true
        }
    }

    mutating func end() { isActive = false }

    /// Whether a command has to wait.
    func holds(_ flags: CommandFlags) -> Bool {
        isActive && (extent == .everything || flags.contains(.write))
    }

    /// Milliseconds until it ends.
    func remaining(at now: UnixMillis) -> UInt64 { UInt64(max(0, until.rawValue - now.rawValue)) }
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
        if now >= pause.until { endPause() }
    }

    /// Everybody who waited goes on.
    mutating func endPause() {
        pause.end()
        for slot in 0..<connections.count where connections[slot].flags.contains(.paused) {
            unblock(connections[slot].socket)
        }
    }
}
