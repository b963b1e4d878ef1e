import Reactor

extension InfoText {
    mutating func writeStats() {
        let rates = report.cores.map(\.rates)
        field("total_connections_received", report.sum(\.counters.connectionsAccepted))
        field("total_commands_processed", report.sum(\.counters.commands))
        field("instantaneous_ops_per_sec", Int(rates.reduce(0) { $0 + $1.commands }.rounded()))
        field("total_net_input_bytes", report.sum(\.counters.bytesReceived))
        field("total_net_output_bytes", report.sum(\.counters.bytesSent))
        zeros("total_net_repl_input_bytes", "total_net_repl_output_bytes")
        field("instantaneous_input_kbps", FixedText.decimals(rates.reduce(0) { $0 + $1.input } / 1024, 2))
        field("instantaneous_output_kbps", FixedText.decimals(rates.reduce(0) { $0 + $1.output } / 1024, 2))
        field("instantaneous_input_repl_kbps", "0.00")
        field("instantaneous_output_repl_kbps", "0.00")
        field("rejected_connections", report.sum(\.counters.connectionsRejected))
        zeros("sync_full", "sync_partial_ok", "sync_partial_err")
        field("expired_keys", report.sum(\.expired))
        field("expired_stale_perc", "0.00")
        field("expired_time_cap_reached_count", 0)
        field(
            "expire_cycle_cpu_milliseconds", UInt64(Cycles.micros(report.sum(\.counters.expireCycles)) / 1000)
        )
        field("evicted_keys", report.sum(\.evicted))
        field("evicted_clients", 0)
        // Each core times it; whoever saw most of it saw it best.
        field("total_eviction_exceeded_time", report.cores.map(\.exceededMillis).max() ?? 0)
        field("current_eviction_exceeded_time", report.cores.map(\.exceededMillisNow).max() ?? 0)
        field("keyspace_hits", report.sum(\.hits))
        field("keyspace_misses", report.sum(\.misses))
        zeros(
            "pubsub_channels", "pubsub_patterns", "pubsubshard_channels", "latest_fork_usec", "total_forks",
            "migrate_cached_sockets", "slave_expires_tracked_keys")
        writeCompaction()
        zeros(
            "tracking_total_keys", "tracking_total_items",
            "tracking_total_prefixes",
            "unexpected_error_replies")
        field("total_error_replies", report.sum(\.counters.errorReplies))
        field("dump_payload_sanitizations", 0)
        field("total_reads_processed", report.sum(\.counters.receives))
        field("total_writes_processed", report.sum(\.counters.sends))
        zeros(
            "io_threaded_reads_processed", "io_threaded_writes_processed", "reply_buffer_shrinks",
            "reply_buffer_expands")
    }

    /// What moved and what lay well, by blocks (entries and segments of tables) and by keys.
    private mutating func writeCompaction() {
        let (keys, left) = (report.sum(\.compaction.keysMoved), report.sum(\.compaction.keysLeft))
        field("active_defrag_hits", keys + report.sum(\.compaction.segmentsMoved))
        field("active_defrag_misses", left + report.sum(\.compaction.segmentsLeft))
        field("active_defrag_key_hits", keys)
        field("active_defrag_key_misses", left)
        field("total_active_defrag_time", report.cores.map(\.compactionMillis).max() ?? 0)
        field("current_active_defrag_time", report.cores.map(\.compactionMillisNow).max() ?? 0)
    }

    mutating func writeCommands() {
        let rows = report.commands
        for index in StatIndex.all {
            let row = rows[Int(index.rawValue)]
            guard row.calls > 0 || row.rejected > 0 || row.failed > 0, let spec = index.spec else { continue }
            let micros = Cycles.micros(row.cycles)
            let each = row.calls > 0 ? micros / Double(row.calls) : 0
            field(
                "cmdstat_\(spec.name)",
                "calls=\(row.calls),usec=\(UInt64(micros)),usec_per_call=\(FixedText.decimals(each, 2))"
                    + ",rejected_calls=\(row.rejected),failed_calls=\(row.failed)")
        }
    }

    mutating func writeLatencies() {
        let rows = report.latencies
        let percentiles = report.settings.latencyPercentiles
        for index in StatIndex.all {
            let histogram = rows[Int(index.rawValue)]
            guard !histogram.isEmpty, let spec = index.spec else { continue }
            let values = percentiles.map { percentile in
                "p\(FixedText.shortest(percentile))="
                    + FixedText.decimals(histogram.micros(atPercentile: percentile), 3)
            }
            field("latency_percentiles_usec_\(spec.name)", values.joined(separator: ","))
        }
    }
}
