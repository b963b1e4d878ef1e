import Glibc

/// The signals a node understands, taken by the main thread with sigwait: no code runs inside a signal handler.
///
/// Order matters: `block()` comes first in main, before any thread starts, since threads inherit the mask. Then the
/// cores start, and main sits in `next()` until it is told to stop.
public enum Signals {
    /// What somebody wants.
    public enum Request: Sendable, Equatable {
        /// SIGTERM or SIGINT: finish what is in flight, then exit 0.
        case stop
        /// SIGHUP: open the log file anew.
        case reopenLog
        /// A core has ended by itself (SHUTDOWN, or an error): collect it.
        case coreEnded
        /// Nobody wanted anything for as long as was asked for.
        case nothing
    }

    /// Blocks the signals of `next()` in this thread and those it starts, and ignores SIGPIPE: a peer that is gone
    /// is an error of one send, not of the process.
    public static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = waitedFor()
        // Safe: pthread_sigmask reads the set it is given.
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for the next request, for so many nanoseconds at most. Main thread only.
    public static func next(withinNanos limit: UInt64? = nil) -> Request {
        var set = waitedFor()
        while true {
            switch wait(&set, limit) {
            case SIGHUP: return .reopenLog
            case SIGUSR1: return .coreEnded
            case SIGTERM, SIGINT: return .stop
            default: if limit != nil && errno == EAGAIN { return .nothing }
            }
        }
    }

    /// The signal that came, or -1 and errno.
    private static func wait(_ set: inout sigset_t, _ limit: UInt64?) -> Int32 {
        // Safe: the set and the time are read during the call; nobody wants the details.
        guard let limit else { return unsafe sigwaitinfo(&set, nil) }
        var time = timespec(tv_sec: Int(limit / 1_000_000_000), tv_nsec: Int(limit % 1_000_000_000))
        return unsafe sigtimedwait(&set, nil, &time)
    }

    /// Called by a core that has ended: wakes main out of `next()`.
    public static func reportCoreEnded() { kill(getpid(), SIGUSR1) }

    private static func waitedFor() -> sigset_t {
        var set = sigset_t()
        // Safe: these fill and change the set they are given.
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] { unsafe sigaddset(&set, number) }
        return set
    }
}
