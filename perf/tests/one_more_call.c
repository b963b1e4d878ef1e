// One more system call in every turn of a ring: what a careless change would do. Preloaded into a node, it makes of any
// build a slower one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int enter_call(unsigned ring, unsigned submit, unsigned wait, unsigned flags, sigset_t *argument, size_t size);

int io_uring_enter2(unsigned ring, unsigned submit, unsigned wait, unsigned flags, sigset_t *argument, size_t size) {
    static enter_call *next;
    if (!next) next = (enter_call *)dlsym(RTLD_NEXT, "io_uring_enter2");
    syscall(SYS_getppid);
    return next(ring, submit, wait, flags, argument, size);
}
