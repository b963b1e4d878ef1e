// What needs the C library's GNU extensions, which the headers must not switch on (see CShims.h).
#define _GNU_SOURCE 1

#include <pthread.h>
#include <sched.h>

#include "cpu.h"

int coronet_pin_this_thread(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

int coronet_this_thread_may_use(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (pthread_getaffinity_np(pthread_self(), sizeof(set), &set) != 0) return 0;
    return CPU_ISSET(cpu, &set) ? 1 : 0;
}

int coronet_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int coronet_cpu_limit(void) { return CPU_SETSIZE; }
