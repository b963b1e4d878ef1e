// What the memory and key tables need from C: instructions and system calls Swift has no spelling for.
// No logic here. Each shim says why it exists and when it may go.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <numaif.h>
#include <sys/mman.h>
#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// Why: Swift has no prefetch intrinsic. Goes when the standard library grows one.
static inline void coronet_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
static inline void coronet_prefetch_to_second_level(const void *address) { __builtin_prefetch(address, 0, 2); }

// Why: comparing 16 bytes and taking one bit of each lane (pmovmskb) is one instruction that `SIMD16<UInt8>`
// does not reach. Answers one bit per byte of `bytes` that equals `wanted`; the first byte is bit 0.
static inline uint32_t coronet_match16(const void *bytes, uint8_t wanted) {
#if defined(__SSE2__)
    // Vector extensions and one builtin: <emmintrin.h> drags <stdlib.h> into the module a second time.
    typedef char lanes16 __attribute__((vector_size(16)));
    lanes16 lanes;
    memcpy(&lanes, bytes, 16);
    return (uint32_t)__builtin_ia32_pmovmskb128((lanes16)(lanes == (lanes16){} + (char)wanted));
#elif defined(__ARM_NEON)
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t hits = vandq_u8(vceqq_u8(vld1q_u8(bytes), vdupq_n_u8(wanted)), vld1q_u8(weights));
    return (uint32_t)vaddv_u8(vget_low_u8(hits)) | ((uint32_t)vaddv_u8(vget_high_u8(hits)) << 8);
#else
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(((const uint8_t *)bytes)[i] == wanted) << i;
    return mask;
#endif
}

// Why: memcmp is a call through the PLT; keys are mostly 8 to 32 bytes, for which overlapping word compares
// inline to a handful of instructions. Longer keys go to memcmp.
static inline int coronet_equal(const void *a, const void *b, size_t count) {
    const uint8_t *x = (const uint8_t *)a, *y = (const uint8_t *)b;
    uint64_t p, q, r, s;
    if (count >= 8) {
        if (count > 32) return memcmp(a, b, count) == 0;
        size_t i = 0;
        for (; i + 8 < count; i += 8) {
            memcpy(&p, x + i, 8);
            memcpy(&q, y + i, 8);
            if (p != q) return 0;
        }
        memcpy(&r, x + count - 8, 8);
        memcpy(&s, y + count - 8, 8);
        return r == s;
    }
    if (count >= 4) {
        uint32_t c, d, e, f;
        memcpy(&c, x, 4);
        memcpy(&d, y, 4);
        memcpy(&e, x + count - 4, 4);
        memcpy(&f, y + count - 4, 4);
        return c == d && e == f;
    }
    for (size_t i = 0; i < count; i++)
        if (x[i] != y[i]) return 0;
    return 1;
}

// Why: MPOL_PREFERRED is a macro and mbind is not in Glibc's module. Asks for pages of one NUMA node; a hint, so
// a refusal (no NUMA, a container's filter) is answered and ignored by the caller.
static inline int coronet_prefer_node(void *address, size_t count, int node) {
    unsigned long mask[16] = {0};
    if (node < 0 || (size_t)node >= sizeof(mask) * 8) return -1;
    mask[(size_t)node / (8 * sizeof(long))] |= 1UL << ((size_t)node % (8 * sizeof(long)));
    return (int)mbind(address, count, MPOL_PREFERRED, mask, sizeof(mask) * 8, 0);
}

// Why: the affinity calls and SCHED_IDLE are GNU extensions, so this one is compiled in CShims.c. The calling thread
// may run where the process's first thread may, when nothing else wants to.
void coronet_become_idle(void);

// Why: a store that changes nothing, so that a page of zeros comes to stand behind the address; atomic, because the core
// whose memory it is may write there meanwhile. Exchanging 0 for 0, since compilers make a load of adding nothing.
static inline void coronet_touch(void *address) {
    unsigned char zero = 0;
    __atomic_compare_exchange_n((unsigned char *)address, &zero, 0, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// Why: MAP_FAILED is a macro with a cast, which Swift does not import. Answers NULL where mmap fails.
static inline void *coronet_reserve(size_t count) {
    void *address = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return address == MAP_FAILED ? NULL : address;
}
