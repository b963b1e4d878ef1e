import Glibc

/// A pipe that no program started from here inherits.
struct Pipe: Sendable {
    let read: Int32
    let write: Int32

    /// Nil when the process is out of descriptors; errno says so.
    init?() {
        var ends: [Int32] = [-1, -1]
        // Safe: pipe fills the two integers it is given.
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        read = ends[0]
        write = ends[1]
    }
}
