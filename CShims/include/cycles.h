// Cycles: the processor's own clock, for timing commands without a system call.
#pragma once

#include <stdint.h>

// Why: the instruction has no spelling in Swift. Goes when Swift's Synchronization or standard library has one.
/// The time stamp counter, or the virtual counter on ARM. Not serialising: a few nanoseconds of blur.
static inline uint64_t coronet_cycles(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#endif
}
