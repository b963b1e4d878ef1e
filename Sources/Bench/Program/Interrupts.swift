import Glibc

/// SIGINT and SIGTERM, taken by the main thread between looks at the cores: no code runs inside a signal handler.
enum Interrupts {
    /// Before any thread starts, since threads inherit the mask. SIGPIPE is an error of one send, not of the process.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = waitedFor()
        // Safe: pthread_sigmask reads the set it is given.
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits up to `millis`; whether somebody wants the run to end.
    static func wait(millis: Int) -> Bool {
        var set = waitedFor()
        var patience = timespec(tv_sec: millis / 1000, tv_nsec: millis % 1000 * 1_000_000)
        // Safe: sigtimedwait reads the set and the time.
        return unsafe sigtimedwait(&set, nil, &patience) > 0
    }

    private static func waitedFor() -> sigset_t {
        var set = sigset_t()
        // Safe: these fill and change the set they are given.
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT] { unsafe sigaddset(&set, number) }
        return set
    }
}
