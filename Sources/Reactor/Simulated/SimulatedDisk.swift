import Glibc

/// A disk that forgets: what was written and not synced may be lost or torn when the machine stops, and so may names
/// that a folder's sync has not covered. Belongs to a `SimulatedWorld`; outlives it when a test goes on after a crash.
///
/// Unchecked: a simulation runs on one thread.
///
/// A file has what a reader sees (`current`), what would be found after a power cut (`durable`), and the writes in
/// between, in order. A failed sync drops those for good, as kernels do: they stay visible and never become durable.
public final class SimulatedDisk: Disk, @unchecked Sendable {
    /// Failures to come, and how slow the disk is. Tests change it as they go.
    public struct Faults: Sendable {
        /// The next so many syncs fail with EIO.
        public var failingSyncs = 0
        /// Bytes that may still be written before ENOSPC; nil: no limit.
        public var bytesFree: Int?
        /// Whether large transfers are cut short at random.
        public var cutsTransfers = true
        /// How long a write through the ring takes.
        public var writeMillis = 0
        /// How long a sync takes.
        public var syncMillis = 0

        /// A good disk.
        public init() {}
    }

    /// A write, cut or growth that no sync has covered.
    fileprivate enum Change {
        case write(Int, [UInt8])
        case cut(Int)
    }

    fileprivate final class Content {
        var current: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [Change] = []
    }

    /// What happened to the names since the last sync of their folder.
    private enum NameChange {
        case make(String, Content)
        case rename(String, String)
        case remove(String)

        var path: String {
            switch self {
            case .make(let path, _), .rename(let path, _), .remove(let path): path
            }
        }
    }

    /// What goes wrong.
    public var faults = Faults()
    private var names: [String: Content] = [:]
    private var durableNames: [String: Content] = [:]
    private var nameChanges: [NameChange] = []
    private var folders: Set<String> = []
    /// Syncs that succeeded.
    public private(set) var syncs = 0

    /// An empty disk.
    public init() {}

    // MARK: steps that block

    /// What a folder holds.
    public func list(_ folder: String) throws(DiskError) -> [DiskEntry] {
        let prefix = folder + "/"
        let files = names.filter { $0.key.hasPrefix(prefix) && !$0.key.dropFirst(prefix.count).contains("/") }
        guard !files.isEmpty || folders.contains(folder) else { throw DiskError(errno: ENOENT) }
        return files.map {
            DiskEntry(
                name: String($0.key.dropFirst(prefix.count)), size: $0.value.current.count, isFolder: false)
        }.sorted { $0.name < $1.name }
    }

    /// The size of a file.
    public func size(_ path: String) throws(DiskError) -> Int { try content(path).current.count }

    /// Bytes of a file.
    public func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        Array(try content(path).current.dropFirst(offset).prefix(count))
    }

    /// Writes a file whole and syncs it.
    public func write(_ path: String, _ bytes: [UInt8]) throws(DiskError) {
        let content = open(path, emptied: true)
        let written = write(bytes, at: 0, to: content)
        guard written == bytes.count else { throw DiskError(errno: ENOSPC) }
        try sync(content)
    }

    /// Writes at an offset and makes that durable.
    public func commit(
        _ path: String, _ bytes: [UInt8], at offset: Int, durable: Bool
    ) throws(DiskError) {
        let content = open(path, emptied: false)
        guard write(bytes, at: offset, to: content) == bytes.count else { throw DiskError(errno: ENOSPC) }
        if durable { try syncLast(content) } else { try sync(content) }
    }

    /// Cuts a file and syncs it.
    public func truncate(_ path: String, to size: Int) throws(DiskError) {
        let content = try content(path)
        cut(content, to: size)
        try sync(content)
    }

    /// Renames.
    public func rename(_ path: String, to newPath: String) throws(DiskError) {
        names[newPath] = try content(path)
        names[path] = nil
        nameChanges.append(.rename(path, newPath))
    }

    /// Removes.
    public func remove(_ path: String) throws(DiskError) {
        _ = try content(path)
        names[path] = nil
        nameChanges.append(.remove(path))
    }

    /// Makes a folder; folders are never lost.
    public func makeFolder(_ path: String) throws(DiskError) { folders.insert(path) }

    /// What the faults leave.
    public func freeBytes(in folder: String) throws(DiskError) -> Int { faults.bytesFree ?? .max }

    /// Makes the names of a folder durable.
    public func syncFolder(_ path: String) throws(DiskError) {
        if faults.failingSyncs > 0 {
            faults.failingSyncs -= 1
            throw DiskError(errno: EIO)
        }
        var others: [NameChange] = []
        for change in nameChanges {
            if change.path.hasPrefix(path + "/") { keep(change) } else { others.append(change) }
        }
        nameChanges = others
    }

    // MARK: a power cut

    /// The machine stops: of what was not synced, a prefix stays, its last write torn, perhaps with zeros where the
    /// file had already grown.
    public func crash(_ random: inout SimulatedRandom) {
        let kept = random.below(nameChanges.count + 1)
        for change in nameChanges.prefix(kept) { keep(change) }
        nameChanges = []
        names = durableNames
        for path in names.keys.sorted() {
            guard let content = names[path] else { continue }
            tear(content, &random)
        }
    }

    private func tear(_ content: Content, _ random: inout SimulatedRandom) {
        let kept = random.below(content.pending.count + 1)
        for change in content.pending.prefix(kept) { Self.apply(change, to: &content.durable) }
        if kept < content.pending.count, case .write(let offset, let bytes) = content.pending[kept] {
            let part = random.below(bytes.count + 1)
            Self.apply(.write(offset, Array(bytes.prefix(part))), to: &content.durable)
            // Only a write that would have made the file longer can leave zeros: behind it lies what was durable.
            let growth = offset + bytes.count - content.durable.count
            if growth > 0, random.once(in: 3) {
                content.durable += [UInt8](repeating: 0, count: random.below(growth + 1))
            }
        }
        content.pending = []
        content.current = content.durable
    }

    private func keep(_ change: NameChange) {
        switch change {
        case .make(let path, let content): durableNames[path] = content
        case .rename(let old, let new):
            durableNames[new] = durableNames[old] ?? durableNames[new]
            durableNames[old] = nil
        case .remove(let path): durableNames[path] = nil
        }
    }

    // MARK: for the ring

    /// A file that a ring has open; it survives its name.
    struct Handle {
        fileprivate let content: Content
        /// It is a folder, opened for the sync of its names.
        fileprivate var folder: String?
    }

    func open(_ path: String, _ mode: FileMode) -> Result<Handle, DiskError> {
        let isThere = names[path] != nil
        if mode == .read, folders.contains(path) {
            return .success(Handle(content: Content(), folder: path))
        }
        switch mode {
        case .read where !isThere: return .failure(DiskError(errno: ENOENT))
        case .create where isThere: return .failure(DiskError(errno: EEXIST))
        default: return .success(Handle(content: open(path, emptied: mode == .replace)))
        }
    }

    /// Writes what there is room for. How many bytes that was, or -ENOSPC.
    func write(_ bytes: [UInt8], at offset: Int, to file: Handle) -> Int {
        let count = write(bytes, at: offset, to: file.content)
        return count == 0 && !bytes.isEmpty ? Int(-ENOSPC) : count
    }

    func read(_ file: Handle, from offset: Int, count: Int) -> [UInt8] {
        Array(file.content.current.dropFirst(offset).prefix(count))
    }

    /// Makes the file reach to `end`. 0, or -ENOSPC and then it is what it was.
    func allocate(_ file: Handle, upTo end: Int) -> Int32 {
        let growth = end - file.content.current.count
        guard growth > 0 else { return 0 }
        if let free = faults.bytesFree, free < growth { return -ENOSPC }
        _ = write([UInt8](repeating: 0, count: growth), at: file.content.current.count, to: file.content)
        return 0
    }

    func cut(_ file: Handle, to length: Int) { cut(file.content, to: length) }

    /// 0 or a negative errno.
    func sync(_ file: Handle) -> Int32 {
        do throws(DiskError) {
            if let folder = file.folder { try syncFolder(folder) } else { try sync(file.content) }
            return 0
        } catch {
            return -error.errno
        }
    }

    /// What an O_DSYNC write does behind its bytes: makes the last write durable, and nothing else.
    func syncLast(_ file: Handle) -> Int32 {
        do throws(DiskError) {
            try syncLast(file.content)
            return 0
        } catch {
            return -error.errno
        }
    }

    // MARK: inside

    private func content(_ path: String) throws(DiskError) -> Content {
        guard let content = names[path] else { throw DiskError(errno: ENOENT) }
        return content
    }

    private func open(_ path: String, emptied: Bool) -> Content {
        if let content = names[path] {
            if emptied { cut(content, to: 0) }
            return content
        }
        let content = Content()
        names[path] = content
        nameChanges.append(.make(path, content))
        return content
    }

    private func write(_ bytes: [UInt8], at offset: Int, to content: Content) -> Int {
        // Writing over what is there needs no room.
        let over = max(0, min(bytes.count, content.current.count - offset))
        var count = bytes.count
        if let free = faults.bytesFree {
            count = min(count, over + max(0, free))
            faults.bytesFree = free - max(0, count - over)
        }
        let change = Change.write(offset, Array(bytes.prefix(count)))
        if count > 0 {
            Self.apply(change, to: &content.current)
            content.pending.append(change)
        }
        return count
    }

    private func cut(_ content: Content, to size: Int) {
        if let free = faults.bytesFree { faults.bytesFree = free + max(0, content.current.count - size) }
        Self.apply(.cut(size), to: &content.current)
        content.pending.append(.cut(size))
    }

    private func sync(_ content: Content) throws(DiskError) {
        let pending = content.pending
        content.pending = []
        if faults.failingSyncs > 0 {
            faults.failingSyncs -= 1
            throw DiskError(errno: EIO)
        }
        for change in pending { Self.apply(change, to: &content.durable) }
        syncs += 1
    }

    private func syncLast(_ content: Content) throws(DiskError) {
        guard let last = content.pending.popLast() else { return }
        if faults.failingSyncs > 0 {
            faults.failingSyncs -= 1
            throw DiskError(errno: EIO)
        }
        Self.apply(last, to: &content.durable)
        syncs += 1
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .write(let offset, let new):
            let end = offset + new.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(offset..<end, with: new)
        case .cut(let size):
            if size < bytes.count {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes += [UInt8](repeating: 0, count: size - bytes.count)
            }
        }
    }
}
