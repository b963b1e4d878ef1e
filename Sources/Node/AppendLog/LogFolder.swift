import Durability
import Logging
import Reactor
import Synchronization
import Wire

/// The folder of the append-only file and its manifest. Shared by all cores; its steps block, and are rare: a core takes
/// one when it starts the log, begins or ends a rewrite, or flushes databases.
///
/// **Generations.** Each core writes an increment of its own; those of all cores, begun together, are a generation.
/// Files are repeated in the order of the manifest, so the files of one generation must not depend on each other: they
/// do not, since each key belongs to one core. What touches the keys of all cores (FLUSHALL, FLUSHDB, SWAPDB) stands
/// between two generations, in a file of its own:
///
///     base │ core 0, core 1 │ FLUSHDB │ core 0, core 1 │ ...
///
/// The files are made, empty, before the manifest names them; the manifest is replaced as a whole. So at every moment
/// the manifest on the disk names files that are there.
final class LogFolder: Sendable {
    let path: String
    let names: LogNames
    let disk: any Disk
    private let shared: Mutex<LogManifest>
    /// While a log begins, which counts only when its first base is whole: the manifest that is on the disk meanwhile.
    private let replacing = Mutex<LogManifest?>(nil)

    /// Generations beyond which a rewrite makes one of them.
    static let generationsMax = 64

    /// The folder, whether it is there yet or not.
    init(path: String, names: LogNames, disk: any Disk, manifest: LogManifest = LogManifest()) {
        self.path = path
        self.names = names
        self.disk = disk
        shared = Mutex(manifest)
    }

    /// The manifest in force.
    var manifest: LogManifest { shared.withLock { $0 } }

    /// A file's path.
    func path(of name: String) -> String { "\(path)/\(name)" }

    /// What was found at the start is in force.
    func take(_ manifest: LogManifest) { shared.withLock { $0 = manifest } }

    /// A generation that has been made: the cores' files.
    struct Generation: Sendable {
        let paths: [String]
        let firstSequence: Int64
    }

    /// Makes the files of a new generation and has the manifest name them.
    /// - Parameters:
    ///   - record: what stands between the generations, if something does: whole records.
    ///   - isProvisional: a log begins, and the manifest is written only with its first base.
    func beginGeneration(
        cores: Int, after record: [UInt8]? = nil, isProvisional: Bool = false
    ) throws(DiskError) -> Generation {
        let old = manifest
        if isProvisional { replacing.withLock { $0 = old } }
        let outcome: Result<Generation, DiskError> = shared.withLock { manifest in
            do throws(DiskError) {
                return .success(try make(&manifest, cores, record))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private func make(
        _ manifest: inout LogManifest, _ cores: Int, _ record: [UInt8]?
    ) throws(DiskError) -> Generation {
        try disk.makeFolder(path)
        var new = manifest
        var next = manifest.lastSequence + 1
        if let record {
            let name = names.increment(next)
            try disk.write(path(of: name), record)
            new.increments.append(LogManifest.File(name: name, sequence: next, kind: .increment))
            next += 1
        }
        let first = next
        var paths: [String] = []
        for core in 0..<cores {
            let name = names.increment(next)
            try disk.write(path(of: name), [])
            paths.append(path(of: name))
            new.increments.append(
                LogManifest.File(name: name, sequence: next, kind: .increment, core: core, cores: cores))
            next += 1
        }
        if replacing.withLock({ $0 == nil }) { try store(new) }
        manifest = new
        return Generation(paths: paths, firstSequence: first)
    }

    /// The manifest on the disk becomes `manifest`: whole or not at all.
    private func store(_ manifest: LogManifest) throws(DiskError) {
        let temporary = path(of: names.temporaryManifest)
        try disk.write(temporary, manifest.bytes)
        try disk.rename(temporary, to: path(of: names.manifest))
        try disk.syncFolder(path)
    }

    /// The name that the next base will have.
    func nextBase(isSnapshot: Bool) -> (name: String, sequence: Int64) {
        let sequence = (manifest.base?.sequence ?? 0) + 1
        return (names.base(sequence, isSnapshot: isSnapshot), sequence)
    }

    /// A new base is whole and has its name: it takes the place of the old one and of the increments before
    /// `firstSequence`. Returns what can be removed.
    func replaceBase(_ name: String, _ sequence: Int64, before firstSequence: Int64) throws(DiskError)
        -> [LogManifest.File]
    {
        let outcome: Result<[LogManifest.File], DiskError> = shared.withLock { manifest in
            var new = manifest
            let replaced =
                [manifest.base].compactMap { $0 } + manifest.history
                + manifest.increments.filter { $0.sequence < firstSequence }
            new.base = LogManifest.File(name: name, sequence: sequence, kind: .base)
            new.history = []
            new.increments.removeAll { $0.sequence < firstSequence }
            do throws(DiskError) {
                try store(new)
            } catch {
                return .failure(error)
            }
            manifest = new
            return .success(replaced)
        }
        let replaced = try outcome.get()
        replacing.withLock { $0 = nil }
        return replaced
    }

    /// The log has been off: what another time has left in the folder is replaced by what begins now. A manifest that
    /// cannot be read stays, and no log begins.
    func takeFromDisk() throws(DiskError) {
        try disk.makeFolder(path)
        let bytes: [UInt8]
        do throws(DiskError) {
            bytes = try disk.read(path(of: names.manifest), from: 0, count: 16 << 20)
        } catch {
            if error == .notFound { return take(LogManifest()) }
            throw error
        }
        guard let manifest = try? LogManifest(parsing: bytes) else { throw DiskError(errno: 22) }
        take(manifest)
    }

    /// A log that was to begin has not: its files go, and those of another time stay.
    func dropProvisional(_ logger: Logger) {
        let old = replacing.withLock { $0.take() }
        guard let old else { return }
        let known = Set(old.files.map(\.name))
        remove(manifest.files.map(\.name).filter { !known.contains($0) }, logger)
        take(old)
    }

    // MARK: Removing

    /// Removes files that the manifest does not name any more. One that stays does no harm, but takes room: it is said.
    /// Returns what has gone.
    @discardableResult
    func remove(_ files: [String], _ logger: Logger) -> [String] {
        var removed: [String] = []
        for file in files {
            do throws(DiskError) {
                try disk.remove(path(of: file))
                removed.append(file)
            } catch  where error == .notFound {
                continue
            } catch {
                logger.warning("append-only file: \(path(of: file)) could not be removed: \(error)")
            }
        }
        return removed
    }

    /// Removes what an earlier run has left in the folder that its manifest does not name: files of a switch that was not
    /// completed, and such as were to be removed. Only when the data is loaded. Returns their names.
    func removeUnlisted(_ logger: Logger) -> [String] {
        do throws(DiskError) {
            let known = Set(manifest.files.map(\.name))
            return remove(
                try disk.list(path).map(\.name).filter { names.isNumbered($0) && !known.contains($0) }, logger
            )
        } catch {
            // Without a folder there is nothing in it.
            if error != .notFound {
                logger.warning("append-only file: \(path) could not be looked through: \(error)")
            }
            return []
        }
    }

    /// Bytes of the files named now: for figures, and for when to rewrite. What cannot be looked at counts as nothing
    /// here; whoever needs the file will say what is wrong with it.
    var bytes: Int {
        manifest.files.reduce(0) { sum, file in sum + ((try? disk.size(path(of: file.name))) ?? 0) }
    }
}
