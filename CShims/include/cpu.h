// CPUs and threads: which ones we may use, pinning to one, and a name for a thread.
#pragma once

// Why: CPU_SET and CPU_ISSET are macros with statements in them, which Swift does not import, and the calls around
// them need _GNU_SOURCE, which no header here may switch on (see CShims.h). All four go when Swift offers a thread
// API of its own.

/// Pins the calling thread to one CPU. 0, or an errno value.
int coronet_pin_this_thread(int cpu);

/// Whether the calling thread may run on `cpu`.
int coronet_this_thread_may_use(int cpu);

/// Names the calling thread; 15 bytes are kept.
void coronet_name_this_thread(const char *name);

// Why: sched_setattr has no wrapper in the C library before 2.41. Goes with it.
/// Asks the scheduler to give the calling thread its turns in pieces of so many nanoseconds. 0, or an errno value.
int coronet_set_slice(unsigned long long nanos);

/// One beyond the largest CPU number that the two above know.
int coronet_cpu_limit(void);

// Why: the instruction that tells an SMT sibling that this is a spin loop has no spelling in Swift.
static inline void coronet_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}
