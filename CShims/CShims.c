// What needs the C library's GNU extensions, which the headers must not switch on (see CShims.h).
#define _GNU_SOURCE 1

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CMemory.h"
#include "CShims.h"

int coronet_pin_this_thread(int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

int coronet_this_thread_may_use(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE) return 0;
    if (pthread_getaffinity_np(pthread_self(), sizeof(set), &set) != 0) return 0;
    return CPU_ISSET(cpu, &set) ? 1 : 0;
}

void coronet_name_this_thread(const char *name) {
    char kept[16] = {0};
    strncpy(kept, name, sizeof(kept) - 1);
    pthread_setname_np(pthread_self(), kept);
}

int coronet_set_slice(unsigned long long nanos) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {0};
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return errno;
    // Other policies mean something else by a runtime.
    if (attributes.policy != SCHED_OTHER) return 0;
    attributes.size = sizeof(attributes);
    // The first flag: threads that this one makes (the ring's workers) get the usual slice.
    attributes.flags |= 1;
    attributes.runtime = nanos;
    return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0 ? 0 : errno;
}

int coronet_cpu_limit(void) { return CPU_SETSIZE; }

void coronet_become_idle(void) {
    cpu_set_t set;
    if (sched_getaffinity(getpid(), sizeof(set), &set) == 0) sched_setaffinity(0, sizeof(set), &set);
    struct sched_param priority = {0};
    sched_setscheduler(0, SCHED_IDLE, &priority);
}

#if defined(__x86_64__)
typedef long long lanes __attribute__((vector_size(16)));

#define FOLDING __attribute__((target("pclmul,sse2")))

FOLDING static lanes load16(const uint8_t *bytes) {
    lanes found;
    memcpy(&found, bytes, 16);
    return found;
}

// Moves sixteen bytes over a distance: each half times the power of x that the other half's distance makes of it.
FOLDING static lanes fold(lanes state, lanes powers) {
    return (lanes)__builtin_ia32_pclmulqdq128(state, powers, 0x00) ^ (lanes)__builtin_ia32_pclmulqdq128(state, powers, 0x11);
}

FOLDING static struct coronet_folded fold_all(const uint8_t *bytes, size_t count, uint64_t sum) {
    // x^(d+63) and x^(d-1) modulo the polynomial, reflected, for distances of 512 and of 128 bits. (One power less than
    // the distance: the product of two reflected numbers comes out shifted by one.)
    const lanes far = {(long long)0xaf86efb16d9ab4fb, (long long)0xf49784a634f014e4};
    const lanes near = {(long long)0xd9d7be7d505da32c, (long long)0x381d0015c96f4444};
    lanes a = load16(bytes) ^ (lanes){(long long)sum, 0};
    lanes b = load16(bytes + 16), c = load16(bytes + 32), d = load16(bytes + 48);
    size_t done = 64;
    for (; done + 64 <= count; done += 64) {
        a = fold(a, far) ^ load16(bytes + done);
        b = fold(b, far) ^ load16(bytes + done + 16);
        c = fold(c, far) ^ load16(bytes + done + 32);
        d = fold(d, far) ^ load16(bytes + done + 48);
    }
    a = fold(a, near) ^ b;
    a = fold(a, near) ^ c;
    a = fold(a, near) ^ d;
    for (; done + 16 <= count; done += 16) a = fold(a, near) ^ load16(bytes + done);
    return (struct coronet_folded){done, (uint64_t)a[0], (uint64_t)a[1]};
}

struct coronet_folded coronet_crc64_fold(const void *bytes, size_t count, uint64_t sum) {
    if (count < 64 || !__builtin_cpu_supports("pclmul")) return (struct coronet_folded){0, 0, 0};
    return fold_all(bytes, count, sum);
}
#else
struct coronet_folded coronet_crc64_fold(const void *bytes, size_t count, uint64_t sum) {
    return (struct coronet_folded){0, 0, 0};
}
#endif
