import Node

extension Doctor {
    static let ringChecks: [Check] = [
        Check(
            name: "kernel",
            why: "rings need deferred task runs and multishot receives, which came with Linux 6.1",
            look: kernel),
        Check(
            name: "io_uring", why: "every core does all its input and output through a ring of its own",
            look: ring),
        Check(
            name: "io_uring sysctl",
            why: "kernel.io_uring_disabled takes rings away from ordinary users (1) or from everybody (2)",
            look: ringsDisabled),
        Check(
            name: "seccomp",
            why: "a filter, as container runtimes set, can forbid rings, pinning threads and placing memory",
            look: seccomp),
    ]

    private static func kernel(_ found: Surroundings, _: Settings) -> Verdict {
        guard let release = found.kernelRelease else { return .unknown("the release cannot be read") }
        guard let version = found.kernelVersion else {
            return .unknown("'\(release)' is no release of Linux")
        }
        guard version >= (6, 1) else {
            return .fail("Linux \(release)", remedy: "run Linux 6.1 or newer")
        }
        return .ok("Linux \(release)")
    }

    /// Features that kernels newer than the oldest we run on have added: good to have, nothing to repair.
    private static let niceToHave: Set<String> = [
        "no index array", "no iowait", "minimum wait", "absolute timeouts", "silent sends",
    ]

    private static func ring(_ found: Surroundings, _: Settings) -> Verdict {
        switch found.ring {
        case .refused(let cause, let remedy): return .fail(cause, remedy: remedy)
        case .works(let present, let absent):
            let missed = absent.filter { !niceToHave.contains($0) }
            guard missed.isEmpty else {
                return .warn(
                    "a ring works, but without \(missed.joined(separator: ", "))",
                    remedy: "run a standard Linux 6.1 or newer")
            }
            let newer = absent.isEmpty ? "" : "; a newer kernel adds \(absent.joined(separator: ", "))"
            return .ok("a ring works: \(present.joined(separator: ", "))" + newer)
        }
    }

    private static func ringsDisabled(_ found: Surroundings, _: Settings) -> Verdict {
        switch found.ringsDisabled {
        case nil: .ok("this kernel has no such setting")
        case 0: .ok("kernel.io_uring_disabled = 0")
        case 1:
            .warn(
                "kernel.io_uring_disabled = 1: only privileged users and the group kernel.io_uring_group may have rings",
                remedy: "sysctl -w kernel.io_uring_disabled=0")
        case let value?:
            .fail("kernel.io_uring_disabled = \(value)", remedy: "sysctl -w kernel.io_uring_disabled=0")
        }
    }

    private static func seccomp(_ found: Surroundings, _: Settings) -> Verdict {
        guard let mode = found.seccompMode else { return .unknown("the mode cannot be read") }
        if mode == 0 { return .ok("no filter") }
        guard case .refused = found.ring else { return .ok("a filter is in force and lets rings through") }
        return .fail(
            "a filter is in force, and rings are refused",
            remedy:
                "allow io_uring_setup, io_uring_enter, io_uring_register, sched_setaffinity and mbind in the "
                + "container's profile; for a trial: docker run --security-opt seccomp=unconfined")
    }
}
