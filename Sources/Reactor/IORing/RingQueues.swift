import CShims
import Glibc
import Synchronization

/// The two queues that a ring shares with the kernel, as mapped at start. Lives on one core.
///
/// Unsafe inside: the pointers lead into mapped memory, which stays from `open` until `unmap`. Indices are masked
/// by the users. The kernel moves `submissionHead` and `completionTail`, we move the other two.
@safe
struct RingQueues {
    /// liburing's own account of the mapping, for its calls.
    var ring: io_uring

    let submissionHead: UnsafeMutablePointer<Atomic<UInt32>>
    let submissionTail: UnsafeMutablePointer<Atomic<UInt32>>
    /// What the kernel wants us to know: completions overflowed, task work waits.
    let submissionFlags: UnsafeMutablePointer<Atomic<UInt32>>
    let submissions: UnsafeMutablePointer<io_uring_sqe>
    let submissionMask: UInt32

    let completionHead: UnsafeMutablePointer<Atomic<UInt32>>
    let completionTail: UnsafeMutablePointer<Atomic<UInt32>>
    let completions: UnsafeMutablePointer<io_uring_cqe>
    let completionMask: UInt32

    /// What to name the ring when entering it: its registered index, or its descriptor.
    let enterDescriptor: UInt32
    /// Flags of every enter.
    let enterFlags: UInt32

    /// Makes a ring with the best flags that this kernel grants, and registers it and its receive buffers.
    static func open(
        _ configuration: RingConfiguration, _ best: RingSetup, buffers registration: io_uring_buf_reg
    ) throws(RingError) -> (RingQueues, RingFeatures) {
        let machine = MachineFacts.read()
        if let tooOld = RingError.kernelTooOld(machine) { throw tooOld }

        // Newest flags first: the kernel says EINVAL to a flag it does not know, without saying to which.
        // EPERM and the like are somebody's decision; asking for less would not change it.
        var setup = best
        var parameters = io_uring_params()
        var descriptor: Int32
        repeat {
            parameters = io_uring_params()
            parameters.flags = setup.flags | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP
            parameters.cq_entries = UInt32(configuration.completionEntries)
            descriptor = unsafe io_uring_setup(UInt32(configuration.submissionEntries), &parameters)
        } while descriptor == -EINVAL && setup.peel()
        guard descriptor >= 0 else { throw RingError.setupFailed(-descriptor, machine) }

        // Not io_uring_queue_init_params: in 2.3 it writes an index array even if the kernel has been told to do
        // without one, over the heads and tails that lie there instead.
        var ring = unsafe io_uring()
        let mapped = unsafe io_uring_queue_mmap(descriptor, &parameters, &ring)
        guard mapped == 0 else {
            _ = Glibc.close(descriptor)
            throw RingError.setupFailed(-mapped, machine)
        }
        unsafe ring.features = parameters.features
        if !setup.contains(.noIndexArray) {
            for index in 0..<parameters.sq_entries { unsafe ring.sq.array[Int(index)] = index }
        }
        do {
            return try unsafe register(&ring, parameters, setup, registration, machine)
        } catch {
            unsafe io_uring_queue_exit(&ring)
            throw error
        }
    }

    private static func register(
        _ ring: inout io_uring, _ parameters: io_uring_params, _ setup: RingSetup,
        _ registration: io_uring_buf_reg, _ machine: MachineFacts
    ) throws(RingError) -> (RingQueues, RingFeatures) {
        var features = RingFeatures(kernel: machine.release, setup: setup)
        guard let probe = unsafe io_uring_get_probe_ring(&ring) else {
            throw RingError.missing("the opcode probe")
        }
        defer { unsafe io_uring_free_probe(probe) }
        for (operation, name) in RingFeatures.neededOperations
        where unsafe io_uring_opcode_supported(probe, Int32(operation)) == 0 {
            throw RingError.missing(name)
        }
        guard parameters.features & IORING_FEAT_NODROP != 0 else {
            throw RingError.missing("completions without loss")
        }
        guard parameters.features & IORING_FEAT_EXT_ARG != 0 else {
            throw RingError.missing("waiting with a timeout")
        }
        guard parameters.features & IORING_FEAT_CQE_SKIP != 0 else {
            throw RingError.missing("silent completions")
        }

        var registration = registration
        let buffers = unsafe io_uring_register_buf_ring(&ring, &registration, 0)
        // Somebody's limit, not a lack of the kernel's.
        guard buffers != -ENOMEM else { throw RingError.setupFailed(ENOMEM, machine) }
        guard buffers == 0 else {
            throw RingError.missing("rings of receive buffers (\(errorName(-buffers)))")
        }

        var flags: UInt32 = 0
        // The kernel then finds the ring by index: no reference counting on its file at each enter.
        if unsafe io_uring_register_ring_fd(&ring) == 1 {
            flags |= IORING_ENTER_REGISTERED_RING
            features.registeredRing = true
        }
        // An idle node should not look like one that waits for a disk.
        if parameters.features & UInt32(coronet_feature_no_iowait) != 0 {
            flags |= UInt32(coronet_enter_no_iowait)
            features.noIOWait = true
        }
        features.registeredBuffers = unsafe mayRegisterMemory(&ring)
        features.minimumWait = parameters.features & UInt32(coronet_feature_min_timeout) != 0
        features.absoluteTimeouts = unsafe mayWaitUntil(ring, flags)
        return unsafe (RingQueues(ring, parameters, enterFlags: flags), features)
    }

    /// Waits for a point in time that has passed. There is no feature to ask for.
    private static func mayWaitUntil(_ ring: io_uring, _ flags: UInt32) -> Bool {
        let result = coronet_enter_and_wait(
            unsafe UInt32(ring.enter_ring_fd), 0, 1, flags | UInt32(coronet_enter_abs_timer), 1, 0)
        return result == -ETIME
    }

    /// Registers a page and gives it up again. More may still be too much for the limit of locked memory.
    private static func mayRegisterMemory(_ ring: inout io_uring) -> Bool {
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { unsafe page.deallocate() }
        var vector = unsafe iovec(iov_base: page.baseAddress, iov_len: page.count)
        guard unsafe io_uring_register_buffers(&ring, &vector, 1) == 0 else { return false }
        return unsafe io_uring_unregister_buffers(&ring) == 0
    }

    private init(_ ring: io_uring, _ parameters: io_uring_params, enterFlags: UInt32) {
        unsafe self.ring = ring
        unsafe submissionHead = Self.shared(ring.sq.khead)
        unsafe submissionTail = Self.shared(ring.sq.ktail)
        unsafe submissionFlags = Self.shared(ring.sq.kflags)
        unsafe submissions = ring.sq.sqes
        submissionMask = parameters.sq_entries - 1
        unsafe completionHead = Self.shared(ring.cq.khead)
        unsafe completionTail = Self.shared(ring.cq.ktail)
        unsafe completions = ring.cq.cqes
        completionMask = parameters.cq_entries - 1
        enterDescriptor = unsafe UInt32(ring.enter_ring_fd)
        self.enterFlags = enterFlags
    }

    private static func shared(_ word: UnsafeMutablePointer<UInt32>) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Gives the ring up. Nothing of this value may be used afterwards.
    func unmap() {
        var ring = unsafe ring
        unsafe io_uring_queue_exit(&ring)
    }
}
