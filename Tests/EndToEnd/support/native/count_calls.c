// Preloaded into the program: counts what the hot path must not do. Calls of the allocator and of Swift's reference
// counting from the cores' threads, written to $COUNT_CALLS_FILE whenever the process gets SIGUSR2. Threads count whose
// names begin with $COUNT_CALLS_THREADS, "core-" if that is not set.
//
// The calls reach us because the server is linked dynamically: malloc to libc and swift_retain to libswiftCore go
// through the procedure linkage table, where a preloaded library comes first.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static atomic_ulong allocations, references;

// 0: not asked yet, 1: a core, 2: some other thread. Cores are named core-N before they start to work.
static __thread int kind;
static const char *prefix = "core-";

static int is_core(void) {
    if (kind == 0) {
        char name[17] = {0};
        prctl(PR_GET_NAME, name);
        // The main thread names a core's thread from within it: an unnamed one is asked again.
        if (strncmp(name, prefix, strlen(prefix)) == 0) kind = 1;
        else return 0;
    }
    return kind == 1;
}

#define FORWARD(type, name, parameters, arguments, counter)                                  \
    type name parameters {                                                                   \
        static type(*next) parameters;                                                       \
        if (!next) next = (type(*) parameters)dlsym(RTLD_NEXT, #name);                       \
        if (is_core()) atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);         \
        return next arguments;                                                               \
    }

FORWARD(void *, malloc, (size_t size), (size), allocations)
FORWARD(void *, realloc, (void *old, size_t size), (old, size), allocations)
FORWARD(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size), allocations)
FORWARD(void *, swift_allocObject, (void *meta, size_t size, size_t mask), (meta, size, mask), allocations)
FORWARD(void *, swift_retain, (void *object), (object), references)
FORWARD(void *, swift_bridgeObjectRetain, (void *object), (object), references)

static void report(int signal) {
    (void)signal;
    char text[64];
    int length = snprintf(text, sizeof(text), "%lu %lu\n", atomic_load(&allocations), atomic_load(&references));
    int file = open(getenv("COUNT_CALLS_FILE"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0 && write(file, text, (size_t)length) == length) close(file);
}

__attribute__((constructor)) static void start(void) {
    if (getenv("COUNT_CALLS_THREADS")) prefix = getenv("COUNT_CALLS_THREADS");
    signal(SIGUSR2, report);
}
