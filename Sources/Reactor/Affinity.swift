import CShims
import Glibc

/// A processor as the kernel numbers it.
public struct CPU: Hashable, Comparable, Sendable {
    /// The kernel's number.
    public var number: Int

    /// A processor by number.
    public init(number: Int) { self.number = number }

    /// By number.
    public static func < (left: CPU, right: CPU) -> Bool { left.number < right.number }

    /// The NUMA node whose memory is near; 0 on machines without NUMA.
    public var numaNode: Int { Int(coronet_numa_node_of_cpu(Int32(number))) }
}

/// Which processors this process may use, and binding a thread to one.
public enum Affinity {
    /// The processors in the calling thread's affinity mask (taskset, cgroup cpusets), in order.
    public static func allowedCPUs() -> [CPU] {
        (0..<coronet_cpu_limit()).filter { coronet_this_thread_may_use($0) != 0 }.map { CPU(number: Int($0)) }
    }

    /// Binds the calling thread. 0, or an errno value: EINVAL if the processor is absent or forbidden.
    @discardableResult
    public static func pinThisThread(to cpu: CPU) -> Int32 {
        coronet_pin_this_thread(Int32(cpu.number))
    }

    /// Asks for turns of a tenth of a millisecond, the shortest that the scheduler gives, where the usual ones have three.
    ///
    /// A core that shares its processor with others (with the workers that write its files, above all) is so let in
    /// sooner, and what runs gives way sooner, at the price of more switches while there is something to share. The share
    /// itself stays. Linux 6.12 and newer; others pass it over.
    public static func shortenSliceOfThisThread() {
        _ = coronet_set_slice(100_000)
    }
}
