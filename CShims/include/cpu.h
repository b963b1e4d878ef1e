// CPUs and threads: which ones we may use, and pinning to one.
#pragma once

#include <pthread.h>
#include <sched.h>

// Why: CPU_SET, CPU_ISSET and CPU_COUNT are macros with statements in them, which Swift does not import.
// All three go when Swift imports them or offers an affinity API of its own.

/// Pins the calling thread to one CPU. 0, or an errno value.
int coronet_pin_this_thread(int cpu);

/// Whether the calling thread may run on `cpu`.
int coronet_this_thread_may_use(int cpu);

// Why: pthread_setname_np is a GNU extension.
/// Names the calling thread; names longer than 15 bytes are refused with an errno value.
int coronet_name_this_thread(const char *name);

// Why: CPU_SETSIZE is a constant behind a chain of macros.
int coronet_cpu_limit(void);

// Why: the instruction that tells an SMT sibling that this is a spin loop has no spelling in Swift.
static inline void coronet_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}
