import Reactor

// What only Coronet has. Tools find fields of Redis by searching the text, so no name here may contain one of theirs.
extension InfoText {
    mutating func writeCoronet() {
        field("coronet_version", NodeProgram.version)
        field("kernel_interface", report.cores.first?.ringFeatures ?? "")
        field("cores", report.cores.count)
        if !report.facts.corePorts.isEmpty {
            field("core_ports", report.facts.corePorts.map(String.init).joined(separator: ","))
        }
        field("keys", report.cores.reduce(0) { $0 + $1.databases.reduce(0) { $0 + $1.keys } })
        field("shard_bytes", report.sum(\.usedBytes))
        field("shard_bytes_committed", report.sum(\.committedBytes))
        field("shard_bytes_bookkeeping", report.sum(\.bookkeepingBytes))
        let buffers = Int(report.settings.receiveBuffers) * Int(report.settings.receiveBufferBytes)
        field("receive_buffer_bytes", buffers * report.cores.count)
        field(
            "eviction_milliseconds", UInt64(Cycles.micros(report.sum(\.counters.evictionCycles)) / 1000))
        field("hops", report.sum(\.counters.hops))
        field("hop_batches", report.sum(\.counters.hopBatchesServed))
        field("multi_shard_calls", report.sum(\.counters.multiShardCalls))
        field("gatherings_repeated", report.sum(\.counters.gatheringsRepeated))
        field("requests_delayed_by_calls", report.sum(\.counters.requestsDelayedByCalls))
        field("wakes_sent", report.sum(\.counters.wakesSent))
        field("wakes_received", report.sum(\.counters.wakeUps))
        if report.cores.contains(where: { $0.log.isOn }) {
            field("log_commit_method", report.facts.log.commitMethod.rawValue)
        }
        field("monitors", report.sum(\.monitors))
        field("protocol_errors", report.sum(\.counters.protocolErrors))
        field("accepts_failed", report.sum(\.counters.acceptsFailed))
        field("closed_for_input_limit", report.sum(\.counters.queryBufferLimitDisconnections))
        field("closed_for_output_limit", report.sum(\.counters.outputLimitDisconnections))
        writeRings()
    }

    private mutating func writeRings() {
        field("ring_turns", report.sum(\.ring.turns))
        field("ring_enters", report.sum(\.ring.enters))
        field("ring_overflows", report.sum(\.ring.overflows))
        field("ring_completions_dropped", report.sum(\.ring.completionsDropped))
        field("ring_stale_completions", report.sum(\.ring.staleCompletions))
        field("ring_starvations", report.sum(\.ring.starvations))
        field("ring_rearms", report.sum(\.ring.rearms))
        field("ring_short_sends", report.sum(\.ring.shortSends))
        field("ring_fixed_writes", report.sum(\.ring.fixedWrites))
        field("ring_refused", report.sum(\.ring.connectionsRefused))
        field("ring_wakes_failed", report.sum(\.ring.wakesFailed))
    }

    /// One line a core.
    mutating func writeCores() {
        for core in report.cores {
            let keys = core.databases.reduce(0) { $0 + $1.keys }
            let cpu = FixedText.seconds(micros: core.processorTime.system + core.processorTime.user)
            let parts: [(String, String)] = [
                ("cpu_seconds", cpu), ("clients", "\(core.clients)"), ("keys", "\(keys)"),
                ("bytes", "\(core.usedBytes)"), ("commands", "\(core.counters.commands)"),
                ("ops_per_sec", FixedText.decimals(core.rates.commands, 0)),
                ("hops", "\(core.counters.hops)"),
                ("hops_served", "\(core.counters.hopsServed)"), ("turns", "\(core.ring.turns)"),
                ("enters", "\(core.ring.enters)"), ("wakes_sent", "\(core.counters.wakesSent)"),
                ("wakes_received", "\(core.counters.wakeUps)"), ("starvations", "\(core.ring.starvations)"),
                ("overflows", "\(core.ring.overflows)"),
            ]
            field("core\(core.core)", parts.map { "\($0.0)=\($0.1)" }.joined(separator: ","))
        }
    }
}
