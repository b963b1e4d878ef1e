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
    }

    /// Blocks the signals of `next()` in this thread and those it starts, and ignores SIGPIPE: a peer that is gone
    /// is an error of one send, not of the process.
    public static func block() {
        signal(SIGPIPE, SIG_IGN)
        // The limit of a file's size is an error of one write.
        signal(SIGXFSZ, SIG_IGN)
        var set = waitedFor()
        // Safe: pthread_sigmask reads the set it is given.
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for the next request. Main thread only.
    public static func next() -> Request {
        var set = waitedFor()
        while true {
            var number: Int32 = 0
            // Safe: sigwait reads the set and fills the number.
            guard unsafe sigwait(&set, &number) == 0 else { continue }
            switch number {
            case SIGHUP: return .reopenLog
            case SIGUSR1: return .coreEnded
            default: return .stop
            }
        }
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
