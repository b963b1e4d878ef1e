extension InfoText {
    mutating func writeMemory() {
        writeUse()
        writeScripts()
        bytes("maxmemory", Int(clamping: report.settings.maxMemoryBytes))
        field("maxmemory_policy", report.settings.maxMemoryPolicy)
        writeAllocator()
    }

    private mutating func writeUse() {
        let (used, peak) = (report.usedBytes, max(report.usedBytes, report.facts.usedBytesPeak))
        let dataset = max(0, used - report.overheadBytes)
        bytes("used_memory", used)
        bytes("used_memory_rss", report.facts.residentBytes)
        bytes("used_memory_peak", peak)
        field("used_memory_peak_perc", FixedText.percent(used, of: peak))
        field("used_memory_overhead", report.overheadBytes)
        field("used_memory_startup", report.facts.usedBytesAtStart)
        field("used_memory_dataset", dataset)
        field(
            "used_memory_dataset_perc", FixedText.percent(dataset, of: used - report.facts.usedBytesAtStart))
        field("allocator_allocated", used)
        field("allocator_active", report.activeBytes)
        field("allocator_resident", report.keptBytes)
        bytes("total_system_memory", report.facts.machineBytes)
    }

    /// There are no scripts.
    private mutating func writeScripts() {
        zeros("used_memory_lua", "used_memory_vm_eval")
        field("used_memory_lua_human", FixedText.human(0))
        zeros(
            "used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions",
            "number_of_libraries",
            "used_memory_vm_functions")
        bytes("used_memory_vm_total", 0)
        field("used_memory_functions", 0)
        bytes("used_memory_scripts", 0)
    }

    private mutating func writeAllocator() {
        let (used, resident) = (report.usedBytes, report.facts.residentBytes)
        let (active, kept) = (report.activeBytes, report.keptBytes)
        field("allocator_frag_ratio", FixedText.ratio(active, used))
        field("allocator_frag_bytes", active - used)
        field("allocator_rss_ratio", FixedText.ratio(kept, active))
        field("allocator_rss_bytes", kept - active)
        field("rss_overhead_ratio", FixedText.ratio(resident, kept))
        field("rss_overhead_bytes", resident - kept)
        field("mem_fragmentation_ratio", FixedText.ratio(resident, used))
        field("mem_fragmentation_bytes", resident - used)
        // All of `used_memory` counts: there are no replicas' buffers and no log's that would not.
        field("mem_not_counted_for_evict", 0)
        zeros("mem_replication_backlog", "mem_total_replication_buffers", "mem_clients_slaves")
        field("mem_clients_normal", report.sum(\.clientBytes))
        zeros("mem_cluster_links")
        field("mem_aof_buffer", report.cores.reduce(0) { $0 + $1.log.pendingBytes })
        field("mem_allocator", "arena")
        // Percent of a core's time, as in Redis.
        field("active_defrag_running", report.largest(\.compactionEffort))
        zeros("lazyfree_pending_objects", "lazyfreed_objects")
    }
}
