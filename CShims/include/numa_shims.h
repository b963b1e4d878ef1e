// NUMA: libnuma's calls are imported by Swift as they are; only its availability dance needs help.
#pragma once

#include <numa.h>
#include <numaif.h>

// Why: libnuma's functions are undefined unless numa_available() has said yes first; this keeps the pair
// together. Goes if libnuma ever checks by itself.
/// The NUMA node of a CPU, 0 on machines without NUMA or for unknown CPUs.
static inline int coronet_numa_node_of_cpu(int cpu) {
    if (numa_available() < 0) return 0;
    int node = numa_node_of_cpu(cpu);
    return node < 0 ? 0 : node;
}
