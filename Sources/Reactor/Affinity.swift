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
}
