import Durability
import Reactor

/// One core's part in a snapshot job. Lives on its core.
struct SnapshotShare {
    let job: SnapshotJob
    let encoder: SnapshotEncoder
    /// The file, as this core's ring knows it.
    var file: FileID?
    /// Chunks that the kernel is writing, by tag.
    var writing: [SnapshotChunk?] = Array(repeating: nil, count: SnapshotShare.writesMax)
    var isWalkDone = false
    /// Nothing is left to do for this core, and the first core knows.
    var hasEnded = false
    /// This core holds so much that writes wait: more than `heldMost`, and until it is half of that.
    var isCongested = false
    var heldMost = SnapshotShare.heldMin
    /// The most that was held at once.
    var bytesHeldMax = 0
    var entriesCounted = 0
    /// Up to where the file has been forced to the disk on the way, and whether that is being done.
    var syncedTo = 0
    var isSyncing = false
    /// Up to where room has been made in the file, and whether more is being made.
    var allocatedTo = 0
    var isAllocating = false
    /// What had been asked by the last slice, and when something had been asked last.
    var receivesSeen: UInt64 = 0
    var hopsSeen: UInt64 = 0
    var askedAt = Instant(nanoseconds: 0)
    /// Until when the walk rests after a slice, while somebody asks things.
    var restsUntil = Instant(nanoseconds: 0)

    /// Chunks that a core has in the kernel's hands at once.
    static let writesMax = 4
    /// Bytes between two times that the file is forced to the disk on the way.
    static let syncStep = 32 << 20
    /// Bytes that room is made for at once, while the writes come nearer to the end of the last: a direct write then
    /// does not make the file longer, which only one could do at a time.
    static let allocationStep = 64 << 20
    /// Room is made only while so much stays free for everybody else.
    static let freeMin = 256 << 20
    /// What a turn may spend on walking: when nobody has asked anything in it, and when somebody has. A turn without
    /// news costs a microsecond or two, so longer slices would gain little; with these, and a chunk to hand on now and then,
    /// 99 of 100 times between two looks at the ring are shorter than 40 µs. With 50 and 25 it was 60, and no sooner done.
    static let sliceMicros: Int64 = 20
    static let sliceMicrosAsked: Int64 = 10
    /// So long after it was asked something a core leaves most of its time to others: to whoever asks next, and on a
    /// machine without processors to spare to the threads that write the file and to the clients.
    static let askedMicros: UInt64 = 10_000
    /// So many times as long as the slice before. Under 50,000 writes/s 2 GiB then take six seconds. With 6 it is four, and
    /// where a disk's interrupts and the clients share one processor the slowest hundredth waits three times as long;
    /// with 40 it is more than twelve, and it waits no less.
    static let restPerWork: UInt64 = 16
    /// What a core may hold before writes wait: this, or a thirty-second of its data.
    static let heldMin = 16 << 20

    /// A place for another chunk in the kernel's hands.
    var freeTag: Int? { writing.firstIndex { $0 == nil } }

    var isWriting: Bool { writing.contains { $0 != nil } }

    /// The last writes of the file are the first core's: their tags.
    static let tagOfEnd: UInt16 = 0x8000
    static let tagOfSync: UInt16 = 0x8001
    static let tagOfSyncOnTheWay: UInt16 = 0x8002
}

/// What a snapshot wants from the ring: worked off by `Core` at the end of the turn.
enum SnapshotStep {
    case open(path: String, FileMode, isDirect: Bool)
    case write(SnapshotChunk, tag: UInt16)
    case sync(tag: UInt16)
    /// Make room in the file, which lies in `folder`; cut it to its length.
    case allocate(end: Int, folder: String)
    case cut(length: Int)
    case close(FileID)
    /// Open the file that has the name so far: while it is open, losing the name does not cost its removal.
    case openOld(path: String)
    /// Have the ring know the memory that chunks are written from; and forget it.
    case registerBuffers(SnapshotEncoder)
    case unregisterBuffers(SnapshotEncoder)
    /// Give the new file its name.
    case rename(SnapshotJob)
    /// Put the name on the disk.
    case openFolder(path: String)
    case syncFolder(FileID)
    case remove(path: String)
    /// Remove a file of the log that the new base has replaced.
    case removeReplaced(path: String)
}
