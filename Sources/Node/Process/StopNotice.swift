import Glibc
import Synchronization

/// Tells every core that the node is to stop. Shared by all: a flag that a core may look at, and a descriptor that
/// becomes readable, and stays so, for a core that sleeps in its ring (poll it there; never read from it).
public final class StopNotice: Sendable {
    /// Readable once `post()` was called.
    public let descriptor: Int32
    /// The other end of the pipe; closing it makes `descriptor` readable for good.
    private let writeEnd: Int32
    private let isSet = Atomic(false)

    /// A notice not yet given. It lives as long as the process.
    public init() {
        guard let pipe = Pipe() else {
            preconditionFailure("no pipe to stop the cores with: the process is out of descriptors")
        }
        descriptor = pipe.read
        writeEnd = pipe.write
    }

    /// Whether the node is to stop.
    public var isPosted: Bool { isSet.load(ordering: .acquiring) }

    /// Tells everybody. Again does no harm.
    public func post() {
        if !isSet.exchange(true, ordering: .acquiringAndReleasing) { close(writeEnd) }
    }
}
