// io_uring: liburing 2.3 (Debian 12) and the names that newer kernels have added since.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>

// Names newer than liburing 2.3. They carry a prefix of ours because later headers declare the same names as
// macros or as enum members, and an #ifndef sees only the former. They may go with liburing >= 2.9.
enum {
    coronet_setup_no_sqarray = 1u << 16,   // 6.6: the kernel reads SQEs in ring order, no index array
    coronet_enter_abs_timer = 1u << 5,     // 6.12: the timeout of a wait is a point of the monotonic clock
    coronet_enter_no_iowait = 1u << 7,     // 6.15: a waiting ring does not count as iowait
    coronet_feature_min_timeout = 1u << 15,  // 6.12: io_uring_getevents_arg.pad is min_wait_usec
    coronet_feature_no_iowait = 1u << 17,  // 6.15
};

// Why: RWF_DSYNC is a macro with a cast, which Swift does not import, and RWF_DONTCACHE (6.14) is newer than the C
// library. Goes when it does.
enum { coronet_write_dsync = 2, coronet_write_dontcache = 0x80 };

// Why: O_DIRECT is a GNU name, which Swift does not see; its value differs between machines. Goes when it does.
enum { coronet_open_direct = __O_DIRECT };

// Why: SYNC_FILE_RANGE_WRITE is a GNU name, which Swift does not see. Goes when it does.
enum { coronet_begin_writeback = 2 };

// Why: IORING_OP_FTRUNCATE (6.9) is newer than liburing 2.3. Goes with liburing >= 2.6.
static inline void coronet_prep_ftruncate(struct io_uring_sqe *sqe, int file, long long length) {
    io_uring_prep_rw(55, sqe, file, NULL, 0, (unsigned long long)length);
}

// Why: IOSQE_ASYNC is a macro with a shift of an enum member, which Swift does not import. Goes when it does.
enum { coronet_submit_async = IOSQE_ASYNC };

// Why: io_uring_enter2 declares a signal set where it takes a wait argument, whose `min_wait_usec` (6.12) is
// called `pad` in 2.3. Goes with liburing >= 2.8, if Swift may pass the argument by then.
/// One enter that submits and waits. `timeout_nanos` < 0 waits for ever; it is a point in time if the flags say so. Submissions taken, or a negative errno.
static inline int coronet_enter_and_wait(
    unsigned ring, unsigned submit, unsigned wait, unsigned flags, long long timeout_nanos, unsigned min_wait_micros) {
    struct __kernel_timespec timeout = {timeout_nanos / 1000000000, timeout_nanos % 1000000000};
    struct io_uring_getevents_arg argument = {0};
    argument.pad = min_wait_micros;
    if (timeout_nanos >= 0) argument.ts = (__u64)(unsigned long)&timeout;
    return io_uring_enter2(
        ring, submit, wait, flags | IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, (sigset_t *)&argument,
        sizeof(argument));
}

// Why: `buf_group` lies in a packed anonymous union of the SQE, which Swift cannot write in place.
// Goes when Swift imports packed anonymous unions.
static inline void coronet_select_buffer_group(struct io_uring_sqe *sqe, unsigned short group) {
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = group;
}
