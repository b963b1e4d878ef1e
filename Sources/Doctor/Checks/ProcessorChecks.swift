import Node

extension Doctor {
    static let processorChecks: [Check] = [
        Check(
            name: "CPUs",
            why: "every core's thread is bound to one CPU; where it may not run it stays unbound and wanders",
            look: cpus
        ),
        Check(
            name: "CPU quota",
            why: "a core that has used up its share of time stands still until the next period",
            look: quota),
        Check(
            name: "CPU governor",
            why: "a processor that saves power answers the first requests after a pause late",
            look: governor),
        Check(
            name: "clock source",
            why:
                "every turn reads the clock; where the processor's own cannot serve, that is a system call or worse",
            look: clock),
    ]

    private static func cpus(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let allowed = found.allowedCPUs else { return .unknown("the affinity cannot be read") }
        let absent = settings.cpus.filter { !allowed.contains($0) }
        guard absent.isEmpty else {
            let list = absent.map(String.init).joined(separator: ",")
            return .warn(
                "cpus names \(list), where this process may not run",
                remedy: "--cpus \(CPUList.text(allowed)), or allow them: taskset, AllowedCPUs=, the cpuset")
        }
        let cores = settings.cpus.isEmpty ? allowed : settings.cpus
        guard cores.count <= 1024 else {
            return .fail("\(cores.count) CPUs; a node has at most 1024 cores", remedy: "--cpus 0-1023")
        }
        let all = found.onlineCPUs.map { " of \($0.count) online" } ?? ""
        return .ok(
            "\(cores.count == 1 ? "a core" : "\(cores.count) cores") on CPU \(CPUList.text(cores))\(all)")
    }

    private static func quota(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let quota = found.processorQuota else { return .ok("none") }
        guard let cores = found.cores(settings) else { return .unknown("the affinity cannot be read") }
        let said = "the control group allows the time of \((quota * 10).rounded() / 10) CPUs"
        if quota >= Double(cores) { return .ok(said) }
        return .warn(
            "\(said) to \(cores) cores",
            remedy:
                "give the node whole CPUs instead of a quota (AllowedCPUs=, docker run --cpuset-cpus), or --cpus for "
                + "\(max(1, Int(quota)))")
    }

    private static func governor(_ found: Surroundings, _: Settings) -> Verdict {
        if found.governors.isEmpty {
            return .unknown("no frequency scaling to be seen here (a guest leaves it to its host)")
        }
        let list = found.governors.joined(separator: ", ")
        return found.governors == ["performance"]
            ? .ok(list) : .warn(list, remedy: "cpupower frequency-set -g performance")
    }

    /// Clocks that a program can read without asking the kernel.
    private static let fastClocks: Set<String> = [
        "tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter",
    ]

    private static func clock(_ found: Surroundings, _: Settings) -> Verdict {
        guard let source = found.clockSource else { return .unknown("it cannot be read") }
        return fastClocks.contains(source)
            ? .ok(source)
            : .warn(
                source,
                remedy:
                    "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource, if it is offered there"
            )
    }
}
