// What needs the C library's GNU extensions, which the headers must not switch on (see CShims.h).
#define _GNU_SOURCE 1

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
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

int coronet_cpu_limit(void) { return CPU_SETSIZE; }

void coronet_become_idle(void) {
    cpu_set_t set;
    if (sched_getaffinity(getpid(), sizeof(set), &set) == 0) sched_setaffinity(0, sizeof(set), &set);
    struct sched_param priority = {0};
    sched_setscheduler(0, SCHED_IDLE, &priority);
}
