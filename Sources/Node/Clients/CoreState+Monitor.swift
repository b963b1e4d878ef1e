import Commands
import Reactor
import Wire

extension CoreState {
    /// A connection is gone: it monitors nothing any more.
    mutating func forgetMonitor(_ socket: SocketID) { monitors.removeAll { $0 == socket } }

    /// Shows a command to the clients that said MONITOR.
    mutating func showMonitors(_ slot: Int, _ profile: CommandProfile, _ arguments: Arguments) {}
}
