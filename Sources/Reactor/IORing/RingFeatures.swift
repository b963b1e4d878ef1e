import CShims
import Glibc

/// The setup flags that we would like, and the order in which we do without them.
struct RingSetup: OptionSet, Sendable {
    let rawValue: UInt32
    /// SQEs are taken in ring order: one cache line less per submission. Linux 6.6.
    static let noIndexArray = RingSetup(rawValue: UInt32(coronet_setup_no_sqarray))
    /// Completions come into being only while we are in enter: no interrupted computation, better batches. 6.1.
    static let deferredTaskRun = RingSetup(rawValue: IORING_SETUP_DEFER_TASKRUN)
    /// One thread submits: no locks inside. 6.0.
    static let singleIssuer = RingSetup(rawValue: IORING_SETUP_SINGLE_ISSUER)
    /// No interrupt to run task work; a flag says that there is some. 5.19.
    static let cooperativeTaskRun = RingSetup(rawValue: IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG)
    /// A bad submission does not stop those behind it. 5.18.
    static let submitAll = RingSetup(rawValue: IORING_SETUP_SUBMIT_ALL)

    /// Newest first: the order of `peel`. Deferred task run needs the single issuer, so it goes before it.
    static let peelOrder: [(RingSetup, name: String)] = [
        (.noIndexArray, "no index array"), (.deferredTaskRun, "deferred task run"),
        (.singleIssuer, "single issuer"),
        (.cooperativeTaskRun, "cooperative task run"), (.submitAll, "submit all"),
    ]

    /// All of them.
    static let best: RingSetup = [
        .noIndexArray, .deferredTaskRun, .singleIssuer, .cooperativeTaskRun, .submitAll,
    ]

    /// For io_uring_setup.
    var flags: UInt32 { rawValue }

    /// Gives up the newest flag that is left. False if there is none.
    mutating func peel() -> Bool {
        for (flag, _) in Self.peelOrder where contains(flag) {
            remove(flag)
            return true
        }
        return false
    }
}

/// What this kernel grants a ring: logged at start, shown in INFO.
public struct RingFeatures: Sendable, CustomStringConvertible {
    /// The kernel's release.
    public let kernel: String
    let setup: RingSetup
    /// Enter finds the ring by index.
    public internal(set) var registeredRing = false
    /// Waiting does not count as waiting for a disk.
    public internal(set) var noIOWait = false
    /// Writes may come from memory that the kernel has mapped once.
    public internal(set) var registeredBuffers = false
    /// A wait may ask to gather completions for a while.
    public internal(set) var minimumWait = false
    /// A wait may end at a point in time: no reading of the clock to find out how far off it is.
    public internal(set) var absoluteTimeouts = false

    /// A send may report nothing but its failure; see `IORing+Send`.
    public internal(set) var silentSends = true

    init(kernel: String, setup: RingSetup) {
        self.kernel = kernel
        self.setup = setup
    }

    /// Operations without which there is no loop, and what they are called in a message.
    static let neededOperations = [
        (IORING_OP_ACCEPT.rawValue, "accepting through the ring"),
        (IORING_OP_RECV.rawValue, "receiving through the ring"),
        (IORING_OP_SEND.rawValue, "sending through the ring"),
        (IORING_OP_ASYNC_CANCEL.rawValue, "cancelling operations"),
        (IORING_OP_CLOSE.rawValue, "closing through the ring"),
        (IORING_OP_MSG_RING.rawValue, "messages between rings"),
        (IORING_OP_OPENAT.rawValue, "opening files through the ring"),
        (IORING_OP_READ.rawValue, "reading files through the ring"),
        (IORING_OP_WRITE.rawValue, "writing files through the ring"),
        (IORING_OP_WRITE_FIXED.rawValue, "writing registered memory"),
        (IORING_OP_FSYNC.rawValue, "syncing files through the ring"),
    ]

    /// The features that are there, in words.
    public var names: String { vector.filter(\.present).map(\.name).joined(separator: ", ") }

    /// Every feature by name with whether it is there, in a fixed order.
    public var vector: [(name: String, present: Bool)] {
        RingSetup.peelOrder.reversed().map { (name: $0.name, present: setup.contains($0.0)) } + [
            ("registered ring", registeredRing), ("no iowait", noIOWait), ("minimum wait", minimumWait),
            ("absolute timeouts", absoluteTimeouts),
            ("registered buffers", registeredBuffers),
            ("silent sends", silentSends),
            // Without these a ring is refused, so a ring that is there has them.
            ("buffer ring", true), ("multishot accept", true), ("multishot receive", true),
            ("ring messages", true),
        ]
    }

    /// One line: `io_uring on Linux 6.18: submit all, single issuer, ...; without: minimum wait`.
    public var description: String {
        let absent = vector.filter { !$0.present }.map { $0.name }.joined(separator: ", ")
        return "io_uring on Linux \(kernel): \(names)" + (absent.isEmpty ? "" : "; without: \(absent)")
    }
}
