import BasicContainers
import Commands
import Keyspace
import Reactor
import Wire

/// All that one core owns besides its ring: its shard, its clients, its mail. Only its own thread touches it.
///
/// It does not know the ring, so commands and machines are written against it without a type parameter, and run
/// unchanged over the simulated ring. What needs the ring (sends, closes, wake-ups) is left in a list that `Core`
/// works off at the end of the turn.
struct CoreState: ~Copyable {
    let id: CoreID
    /// How many cores the node has.
    let coreCount: Int
    /// What all cores share: read-only values, atomics, mailboxes.
    let node: NodeContext
    /// What this core shows the others.
    let panel: CorePanel

    let commands = CommandIndex()
    var shard: Shard
    /// Indexed by the socket's slot.
    var connections = UniqueArray<Connection>()
    var connectionCount = 0

    /// Set once per turn, right after the wait.
    var now = UnixMillis(rawValue: 0)
    var instant = Instant(nanoseconds: 0)

    /// The core's copy of the settings that the loop reads; replaced by CONFIG SET.
    var tuning: CoreTuning
    var statistics: CoreStatistics

    /// Connections with replies to send.
    var flushList = UniqueArray<UInt32>()
    /// Connections that the ring has to close.
    var closeList: [SocketID] = []
    /// Connections whose receiving the ring has to stop or start.
    var receiveList: [ReceiveChange] = []
    /// Connections whose carried requests may run again.
    var resumeList: [SocketID] = []
    /// Connections that are blocked until all they asked has been answered.
    var resumeWhenAnswered: [SocketID] = []
    /// Ranges of the inline request that was parsed last, in its parser's canonical form.
    var inlineRanges: [ArgumentRange] = []
    /// Empty reply buffers, warm ones last.
    var bufferPool = BufferPool()

    var outbox: Outbox
    var office: PostOffice
    /// What to stop listening on in the end.
    var listenerNumbers: [Int] = []
    /// How to wake each core.
    var peers: [WakeHandle] = []
    var ordering = OrderingState()
    var gatherings = GatheringState()
    var control = ControlState()
    var pause = PauseState()
    var snapshots = SnapshotsOfCore()
    /// The file that is being loaded.
    var loading: LoadShare?
    /// It is not decided yet what the node starts from.
    var awaitsStart = false
    /// What keeps ordinary commands from running.
    var conditions: Conditions = []
    /// The node's monitors.
    var monitors: [Monitor] = []
    var monitorFeeds: MonitorFeeds
    var background = BackgroundState()
    var eviction = EvictionWork()
    var compaction = CompactionWork()
    /// What the shard has been through and the log has not taken yet.
    var effects = EffectLog()
    /// Its place in the log that is being repeated.
    var replay = ReplayState()
    /// This core's end of the append-only file.
    var log = CoreLog()
    /// Those who wait for it to be on the disk, and how many there were.
    var logWaits: [UInt64: LogWait] = [:]
    var logWaitsBegun: UInt64 = 0
    /// An errno value while some core's log cannot be written: writes are refused. 0: they are not.
    var logRefusal: Int32 = 0
    var diagnostics = Diagnostics()
    /// What `panel` says of this shard's memory.
    var usedBytesShown = -1
    /// Bytes used by the other cores' shards, as of the start of the turn.
    var usedBytesOfOthers = 0
    /// The node is stopping: connections go as soon as they are answered.
    var isStopping = false

    init(id: CoreID, node: NodeContext, shard: consuming Shard, tuning: CoreTuning) {
        self.id = id
        self.node = node
        panel = node.panel(of: id)
        coreCount = node.coreCount
        self.shard = shard
        self.tuning = tuning
        statistics = CoreStatistics()
        outbox = Outbox(id: id, coreCount: node.coreCount)
        monitorFeeds = MonitorFeeds(coreCount: node.coreCount)
        office = PostOffice(id: id, grid: node.mail)
        flushList.reserveCapacity(1024)
        self.shard.setEvictionRules(tuning.eviction)
    }

    /// The core that owns `slot`: slots are laid over the cores in equal runs.
    @inline(__always)
    func owner(of slot: Slot) -> CoreID {
        CoreID(rawValue: UInt16(truncatingIfNeeded: (Int(slot.rawValue) * coreCount) >> 14))
    }

    /// The core that owns `key`. A node of one core does not compute the slot.
    @inline(__always)
    func owner(of key: RawSpan) -> CoreID {
        coreCount == 1 ? id : owner(of: Slot.of(key: key))
    }
}
