import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A counting semaphore between threads of the process. Shared. For start and stop only; nothing on the data path
/// waits for another thread.
@safe final class Semaphore: @unchecked Sendable {
    // Unsafe because sem_t must not move: it has an address of its own for the life of this object.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() { unsafe sem_post(semaphore) }

    /// Waits for a signal; interruptions by handlers do not count.
    func wait() { while unsafe sem_wait(semaphore) != 0 && errno == EINTR {} }

    /// The same, but no longer than this.
    func wait(millisMax: Int) {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        let nanos = end.tv_nsec + millisMax % 1000 * 1_000_000
        end.tv_sec += millisMax / 1000 + nanos / 1_000_000_000
        end.tv_nsec = nanos % 1_000_000_000
        while unsafe sem_timedwait(semaphore, &end) != 0 && errno == EINTR {}
    }
}
