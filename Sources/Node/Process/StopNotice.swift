import Glibc
import Synchronization

/// Tells every core that the node is to stop. Shared by all: a flag that a core may look at, and a descriptor that
/// becomes readable, and stays so, for a core that sleeps in its ring (poll it there; never read from it).
public final class StopNotice: Sendable {
    /// Readable once `post()` was called.
    public let descriptor: Int32
    private let isSet = Atomic(false)

    /// A notice not yet given. The descriptor lives as long as the process.
    public init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC.rawValue | EFD_NONBLOCK.rawValue))
        precondition(descriptor >= 0, "no event descriptor to stop the cores with: the process is out of descriptors")
    }

    /// Whether the node is to stop.
    public var isPosted: Bool { isSet.load(ordering: .acquiring) }

    /// Tells everybody. Again does no harm.
    public func post() {
        isSet.store(true, ordering: .releasing)
        eventfd_write(descriptor, 1)
    }
}
