import CShims
import Glibc

/// CPU time of the calling thread so far.
public struct ThreadUsage: Sendable {
    /// Seconds in the program.
    public var user: Double
    /// Seconds in the kernel on its behalf.
    public var system: Double

    /// So much of each.
    public init(user: Double, system: Double) {
        self.user = user
        self.system = system
    }

    /// Asks the kernel.
    public static func now() -> ThreadUsage {
        var usage = rusage()
        // RUSAGE_THREAD, which the C library shows only under GNU extensions.
        unsafe getrusage(__rusage_who_t(1), &usage)
        return ThreadUsage(user: seconds(usage.ru_utime), system: seconds(usage.ru_stime))
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }
}
