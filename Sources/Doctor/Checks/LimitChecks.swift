import Node

extension Doctor {
    static let limitChecks: [Check] = [
        Check(
            name: "locked memory",
            why: "from Linux 6.14 on, the queues of all rings of a user count as locked memory",
            look: lockedMemory),
        Check(
            name: "open files", why: "each client is an open file; those beyond the limit are turned away",
            look: openFiles),
    ]

    private static func lockedMemory(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let limit = found.lockedMemory, let cores = found.cores(settings) else {
            return .unknown("the limit cannot be read")
        }
        if let version = found.kernelVersion, version < (6, 14) {
            return .ok("not counted before Linux 6.14")
        }
        let needed = UInt64(settings.lockedBytesPerCore) * UInt64(cores)
        let need = "\(cores) rings take \(amount(needed))"
        guard let soft = limit.soft else { return .ok("no limit; \(need)") }
        if found.has(.lockMemory) { return .ok("\(amount(soft)), which does not bind this user; \(need)") }
        return soft >= needed
            ? .ok("\(amount(soft)); \(need)")
            : .fail(
                "\(amount(soft)), but \(need)",
                remedy: "ulimit -l \(needed >> 10 + 1), or LimitMEMLOCK=infinity in the unit")
    }

    private static func openFiles(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let limit = found.openFiles, let cores = found.cores(settings) else {
            return .unknown("the limit cannot be read")
        }
        let needed = UInt64(settings.descriptorsNeeded(coreCount: cores))
        let need = "maxclients \(settings.maxClients) on \(cores) cores needs \(needed)"
        if let most = found.openFilesMax, most < needed {
            return .warn("fs.nr_open is \(most); \(need)", remedy: "sysctl -w fs.nr_open=\(needed)")
        }
        // A node raises its own soft limit, and with the privilege the hard one too.
        let reachable = found.has(.raiseLimits) ? nil : limit.hard
        guard let reachable, reachable < needed else { return .ok("enough; \(need)") }
        return .warn(
            "\(reachable) may be open; \(need)",
            remedy: "ulimit -Hn \(needed), or LimitNOFILE=\(needed) in the unit; or maxclients "
                + "\(reachable > needed - UInt64(settings.maxClients) ? reachable - (needed - UInt64(settings.maxClients)) : 1)"
        )
    }

    /// `23.4 GiB`.
    static func amount(_ bytes: UInt64) -> String { Banner.size(bytes) }
}
