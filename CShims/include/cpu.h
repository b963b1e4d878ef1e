// CPUs and threads: which ones we may use, and pinning to one.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <pthread.h>
#include <sched.h>

// Why: CPU_SET, CPU_ISSET and CPU_COUNT are macros with statements in them, which Swift does not import.
// All three go when Swift imports them or offers an affinity API of its own.

/// Pins the calling thread to one CPU. 0, or an errno value.
static inline int coronet_pin_this_thread(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

/// Whether the calling thread may run on `cpu`.
static inline int coronet_this_thread_may_use(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (pthread_getaffinity_np(pthread_self(), sizeof(set), &set) != 0) return 0;
    return CPU_ISSET(cpu, &set) ? 1 : 0;
}

// Why: CPU_SETSIZE is a constant behind a chain of macros.
static inline int coronet_cpu_limit(void) { return CPU_SETSIZE; }

// Why: __builtin_prefetch has no spelling in Swift. Goes when Swift's standard library offers one.
static inline void coronet_prefetch(const void *address) { __builtin_prefetch(address); }

// Why: the instruction that tells an SMT sibling that this is a spin loop has no spelling in Swift.
static inline void coronet_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}
