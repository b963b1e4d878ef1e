import Commands
import Keyspace
import Reactor
import Wire

/// One core of the node: a ring, and all that the core owns. Created, run and destroyed on its own pinned thread.
///
/// The ring is a type parameter so that tests run many cores on one thread over a simulated ring; the node itself
/// instantiates it with `IORing` only, and the compiler specialises the whole loop for it.
struct Core<Ring: RingDriver & ~Copyable>: ~Copyable {
    var ring: Ring
    var state: CoreState
    var batch = RequestBatch()
    var events = EventBatch()
    var clock = TurnClock()

    init(ring: consuming Ring, state: consuming CoreState) {
        self.ring = ring
        self.state = state
    }
}
