import Node

extension Doctor {
    static let networkChecks: [Check] = [
        Check(
            name: "accept queue",
            why:
                "net.core.somaxconn cuts tcp-backlog short; connections of a burst beyond it are retried a second later",
            look: acceptQueue),
        Check(
            name: "NIC queues",
            why:
                "packets of one receive queue are all handled by one CPU, which a node's cores then wait for",
            look: queues),
    ]

    private static func acceptQueue(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let most = found.acceptQueueMax else { return .unknown("net.core.somaxconn cannot be read") }
        let said = "net.core.somaxconn = \(most), tcp-backlog \(settings.tcpBacklog)"
        return most >= settings.tcpBacklog
            ? .ok(said) : .warn(said, remedy: "sysctl -w net.core.somaxconn=\(settings.tcpBacklog)")
    }

    private static func queues(_ found: Surroundings, _ settings: Settings) -> Verdict {
        guard let devices = found.devices, let cores = found.cores(settings) else {
            return .unknown("the network devices cannot be read")
        }
        if devices.isEmpty { return .unknown("no network device with hardware behind it") }
        let said = devices.map { "\($0.name) has \($0.receiveQueues)\($0.spreadsPackets ? " and RPS" : "")" }
            .joined(separator: ", ")
        let narrow = devices.filter { $0.receiveQueues < cores && !$0.spreadsPackets }
        guard let first = narrow.first else { return .ok("\(said); \(cores) cores") }
        return .warn(
            "\(said); \(cores) cores",
            remedy:
                "ethtool -L \(first.name) combined \(cores), or where it has no more (ethtool -l \(first.name)): "
                + "echo \(mask(found.cores(settings) ?? 1)) > /sys/class/net/\(first.name)/queues/rx-0/rps_cpus"
        )
    }

    /// The first `count` CPUs as the kernel writes masks: groups of 32 bits, the highest first.
    static func mask(_ count: Int) -> String {
        var groups: [String] = []
        var rest = count
        while rest > 0 {
            let bits = min(32, rest)
            groups.append(String(UInt64(1) << UInt64(bits) - 1, radix: 16))
            rest -= bits
        }
        return groups.reversed().joined(separator: ",")
    }
}
